"""The stage `controlnet`: latents of the training pictures, a training with checkpoints, the
curve, and the best checkpoint.
"""

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from tasks.artifacts.impressions import IMPRESSIONS
from tasks.artifacts.pictures import PICTURES
from tasks.conditioning import loaded
from tasks.conditioning.model import DiffusionModel
from tasks.conditioning.words import Words, join
from tasks.controlnet import board, crew, fidelity, network, training
from tasks.controlnet.consistency import Consistency
from tasks.controlnet.curve import Point, best
from tasks.controlnet.objective import Choices, Examples
from tasks.controlnet.plan import Block, Measurement, Plan, Run, Setting, plan
from tasks.controlnet.training import Rate
from tasks.core import items, progress, random, store
from tasks.core.errors import InputError
from tasks.impressions.extract import Extractor
from tasks.impressions.readable import NAMES, readable
from tasks.impressions.stored import stored

__all__ = ["assemble", "encode", "help_out", "measure", "plan", "train"]

LATENTS, SNAPSHOTS, FIDELITY = "latents.safetensors", "snapshots.json", "fidelity.json"
SHEET = "painted.png"
CURVE = "curve.json"


def encode(block: Block) -> dict[str, Any]:
    """Make the item of one block: latents (of the mirror images, too) and caption embeddings."""

    def write(folder: Path) -> None:
        base = _base(block.setting)
        data = store.read("pictures", PICTURES)
        pictures = store.take(data.picture, block.pictures)
        mirror = block.setting.section.mirror
        sides = [pictures, pictures[:, :, ::-1]] if mirror else [pictures]
        latents = torch.stack([base.encode(np.ascontiguousarray(side)) for side in sides], 1)
        _check(latents, block)
        words = base.embed([str(text) for text in store.take(data.caption, block.pictures)])
        values = {"latents": latents, "words": words.sequence, "pooled": words.pooled}
        save_file(
            {name: value.cpu().contiguous() for name, value in values.items()}, folder / LATENTS
        )

    items.produce(block.key, write)
    return {"pictures": len(block.pictures), "key": block.key}


def _check(latents: torch.Tensor, block: Block) -> None:
    bad = (~latents.isfinite().flatten(1).all(1)).nonzero().flatten()
    if len(bad):
        number = block.pictures[int(bad[0])]
        raise InputError(f"base: the latents of picture {number} are not finite; check the model")


def train(run: Run) -> dict[str, Any]:
    """Train to the last step, from the newest checkpoint on; the snapshots of the curve lie in the
    item store afterwards.
    """

    def write(folder: Path) -> None:
        together = crew.crew(run.setting.device)
        together.word(run.key)
        _train(run, together)
        steps = run.setting.section.curve
        snapshots = {str(step): run.checkpoints.snapshot(step) for step in steps}
        (folder / SNAPSHOTS).write_text(json.dumps(snapshots) + "\n")

    items.produce(run.key, write)
    return {"steps": run.setting.section.steps, "key": run.key}


def help_out(work: Plan) -> None:
    """Be one of several processes that train what the first one says, until it says no more.

    Raises:
        InputError: the first one has other parameters or files before it.
    """
    together = crew.crew(work.setting.device)
    while (word := together.word()) is not None:
        if word != work.run.key:
            raise InputError("params.yaml: the processes read different parameters or files")
        _train(work.run, together)


def _train(run: Run, together: crew.Crew) -> None:
    section, base, examples = run.setting.section, _base(run.setting), _examples(run)
    control = network.build(
        base.unet,
        channels=examples.maps.shape[1],
        embedding=section.embedding,
        vae_factor=base.vae_factor,
        seed=random.seed(run.setting.runtime.seed, "controlnet", "layers"),
        branch=section.branch,
    )
    rate = Rate(**section.model_dump(include={field.name for field in fields(Rate)}))
    control.to(base.unet.device)  # pyright: ignore[reportArgumentType, reportCallIssue]
    learning = training.begin(control, rate)
    run.checkpoints.resume(learning, section.steps)
    together.agree(learning.step)
    keep = run.checkpoints.keep if together.first else lambda learning: None
    keep(learning)
    rows, cols = (length * base.vae_factor for length in examples.latents.shape[-2:])
    named = {field.name for field in fields(Choices)}
    choices = Choices(size=(rows, cols), **section.model_dump(include=named))
    seed = run.setting.runtime.seed
    losses = training.learn(
        learning,
        base,
        examples,
        choices,
        rate,
        steps=section.steps,
        seed=seed,
        consistency=_consistency(run.setting, base),
        crew=together,
    )
    label, done = "controlnet: training", learning.step
    told = section.tensorboard if together.first else None
    with (
        progress.shown(label, section.steps, unit="step", done=done) as advance,
        board.opened(told, "training", done=done) as note,
    ):
        for loss in losses:
            keep(learning)
            rate_now = learning.optimizer.param_groups[0]["lr"]
            note(learning.step, {"loss": loss, "learning_rate": rate_now})
            advance()


def _consistency(setting: Setting, base: DiffusionModel) -> Consistency | None:
    weight = setting.section.consistency
    if not weight:
        return None
    features, decoders = setting.features, setting.impressions.decoders
    read = readable(_judge(setting).channels, features.cell, features.stride, decoders)
    if not read.known:
        raise InputError(
            f"controlnet.consistency: the impressions show none of {', '.join(NAMES)}; "
            "add {name: colour} to impressions.decoders, or set it to 0"
        )
    return Consistency(weight=weight, read=read, render=base.render)


def measure(point: Measurement) -> dict[str, Any]:
    """Make the item of one point of the curve: the mean fidelity of what its ControlNet paints."""

    def write(folder: Path) -> None:
        setting, numbers = point.setting, list(point.pictures)
        data = store.read("pictures", PICTURES)
        measured, painted = fidelity.measure(
            _base(setting),
            network.load(items.path(point.snapshot), setting.device),
            _judge(setting),
            pictures=store.take(data.picture, numbers),
            captions=[str(caption) for caption in store.take(data.caption, numbers)],
            maps=_maps(numbers),
            names=numbers,
            seed=setting.runtime.seed,
            **setting.section.sampling.model_dump(),
        )
        (folder / FIDELITY).write_text(json.dumps(measured, sort_keys=True) + "\n")
        if shown := setting.section.shown:
            Image.fromarray(np.concatenate(list(painted[:shown]), axis=1)).save(folder / SHEET)

    items.produce(point.key, write)
    return {"step": point.step, "key": point.key}


def assemble(work: Plan) -> None:
    """Put the best ControlNet and the curve into `data/controlnet/`."""
    measured = ((each, (items.path(each.key) / FIDELITY).read_text()) for each in work.points)
    points = {each.snapshot: Point(each.step, json.loads(text)) for each, text in measured}
    chosen = best(list(points.values()))
    snapshot = next(key for key, point in points.items() if point is chosen)
    record = {
        "best": chosen.step,
        "curve": [{**asdict(point), "structure": point.structure} for point in points.values()],
        "validation": list(work.points[0].pictures),
        "params": items.key(work.setting.section.model_dump(exclude={"tensorboard"})),
        "base": work.setting.base,
    }
    with board.opened(work.setting.section.tensorboard, "fidelity", done=-1) as note:
        for point in points.values():
            note(point.step, {**point.fidelity, "structure": point.structure})
    with store.output("controlnet") as folder:
        shutil.copytree(items.path(snapshot), folder, dirs_exist_ok=True)
        (folder / CURVE).write_text(json.dumps(record, indent=2) + "\n")
        if work.setting.section.shown:
            for each in work.points:
                sheet = folder / f"step_{each.step:06}.png"
                shutil.copyfile(items.path(each.key) / SHEET, sheet)


def _base(setting: Setting) -> DiffusionModel:
    return loaded.base(store.folder("base"), setting.base, setting.device)


def _judge(setting: Setting) -> Extractor:
    return stored(setting.features, setting.impressions)


def _maps(numbers: Sequence[int]) -> np.ndarray:
    impressions = store.read("impressions", IMPRESSIONS).impression
    return store.take(impressions, numbers).astype(np.float32)


def _examples(run: Run) -> Examples:
    parts = [load_file(items.path(block.key) / LATENTS) for block in run.blocks]
    return Examples(
        maps=torch.from_numpy(_maps([n for block in run.blocks for n in block.pictures])),
        latents=torch.cat([part["latents"] for part in parts]),
        words=join([Words(part["words"], part["pooled"]) for part in parts]),
        silence=_base(run.setting).silence(1).to(torch.device("cpu")),
    )
