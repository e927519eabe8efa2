"""Does a decoder follow motion within a cell if it learns from crops that are shifted within one?

    python -m tests.benchmarks.shifts --json FILE [--steps 100] [--cache DIR]

The decoder of the base model in `data/base` learns on, from the training pictures, in three ways:

    aligned  crops whose corners lie on the grid of latent cells, as it has learned until now
    shifted  crops whose corners lie anywhere: every picture under all shifts within a cell
    pairs    as shifted, two crops up to three pixels apart: beside each, the change from one to
             the other is to be that of the pixels, |(D₁ − D₀) − (x₁ − x₀)|

Measured before and after each: the still paintings of the held-out photographs, moved at 128
pixels and sent through the autoencoder (`tasks.video.frames.round_trip`), which is the ceiling of
every way that paints its frames in latents; and how near the photographs themselves come back. The
encoder stays, and so does the denoiser. What has been learned is kept in DIR: a run that is cut
goes on from there.
"""

import argparse
import copy
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"))

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from tqdm import tqdm

from tasks.artifacts.pictures import PICTURES, TRAIN
from tasks.base import schedule, training
from tasks.base.autoencoder import (
    FACTOR,
    encode,
    peak_signal_to_noise,
    reconstruction_loss,
    to_images,
)
from tasks.base.states import States
from tasks.base.training import Training
from tasks.core import backend, items, params, store
from tasks.video.frames.still import moved, still
from tasks.video.measures.agreement import difference, ratio
from tasks.video.measures.following import following
from tasks.video.measures.metrics import LUMA
from tasks.video.motions.optical_flow import carried
from tasks.video.motions.warping import enlarge
from tasks.video.painters.diffusion_painter import DiffusionPainter
from tasks.video.scene import Pictures, Scene
from tasks.video.takes import filming
from tests.benchmarks import video_cases, video_shots

ARMS = ("aligned", "shifted", "pairs")
SIZE, CROP, BATCH, APART, EVERY = 128, 48, 4, 3, 20
RATE, WARM_UP, AVERAGING, NOISE = 3e-4, 10, 0.95, 0.03


def corners(arm: str, generator: torch.Generator) -> Tensor:
    """Return two corners of every crop of a batch: [crop, one or other, y or x]."""
    room = SIZE - CROP - APART
    step = FACTOR if arm == "aligned" else 1
    first = step * torch.randint(room // step + 1, (BATCH, 2), generator=generator)
    apart = torch.randint(APART + 1, (BATCH, 2), generator=generator)
    return torch.stack([first, first + apart], 1)


def loss(arm: str, pictures: Pictures, vae: Any, texture: float) -> training.Loss:
    """Return the loss of an arm."""

    def cut(chosen: Tensor, places: Tensor) -> Tensor:
        pairs = zip(chosen.tolist(), places.tolist(), strict=True)
        return to_images(
            np.stack([pictures[n, y : y + CROP, x : x + CROP] for n, (y, x) in pairs])
        )

    def decoded(images: Tensor, noise: Tensor) -> Tensor:
        with torch.no_grad():
            latents = vae.encode(images).latents + noise
        return vae.decode(latents).sample

    def value(generator: torch.Generator) -> Tensor:
        chosen = torch.randint(len(pictures), (BATCH,), generator=generator)
        places = corners(arm, generator)
        cells = (BATCH, vae.config["latent_channels"], CROP // FACTOR, CROP // FACTOR)
        noise = NOISE * torch.randn(cells, generator=generator)
        target = cut(chosen, places[:, 0])
        made = decoded(target, noise)
        found = reconstruction_loss(made, target, texture)
        if arm == "pairs":
            other = cut(chosen, places[:, 1])
            again = decoded(other, noise)
            found = (found + reconstruction_loss(again, other, texture)) / 2
            found = found + functional.l1_loss(again - made, other - target)
        return found

    return value


def learned(arm: str, vae: Any, pictures: Pictures, steps: int) -> Any:
    """Return the autoencoder after an arm's training."""
    vae = copy.deepcopy(vae).float()
    vae.decoder.requires_grad_(True)
    texture = params.load("base").scratch.texture
    run = items.key(Path(__file__).read_text(), store.digest(store.folder("base")), arm, steps)
    learning, states = Training(vae.train(), AVERAGING), States(run, EVERY)
    states.resume(learning, steps)
    losses: Iterator[float] = training.steps(
        learning,
        loss(arm, pictures, vae, texture),
        schedule.over(steps, rate=RATE, warm_up=WARM_UP),
        seed=1,
        name=f"shifts {arm}",
    )
    for _ in tqdm(losses, desc=arm, total=steps, initial=learning.step):
        states.keep(learning, lambda: None)
    return learning.average.eval()


def measured(painter: DiffusionPainter, scene: Scene, anchor: Pictures) -> dict[str, float]:
    """Return how the moved picture follows its motion once it has been through the autoencoder."""
    displacement = scene.displacement
    numbers = range(displacement.frames)
    through = painter.round_trip(moved(scene, anchor, numbers, 2)).astype(np.float32)
    values = np.stack([enlarge(each, 2 * SIZE, 2 * SIZE) for each in through]).clip(0, 255) / 255
    left, raw = [], []
    for step, frame in enumerate(values):
        after = values[(step + 1) % len(values)]
        flow = displacement.flow(step, step + 1, *frame.shape[:2])
        left.append(difference(carried(after, flow), frame))
        raw.append(difference(after, frame))
    unexplained = ratio(float(np.mean(left)), float(np.mean(raw)))
    return following(values @ LUMA, displacement) | {"unexplained": unexplained}


def kept(vae: Any, pictures: Pictures) -> float:
    """Return how near the pictures come back, dB."""
    with torch.no_grad():
        output = vae.decode(encode(vae, pictures)).sample
    back = (127.5 * (output.permute(0, 2, 3, 1).numpy() + 1)).clip(0, 255).round()
    return float(peak_signal_to_noise(back.astype(np.uint8), pictures).mean())


def main() -> None:
    """Learn, measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--cache", type=Path, default=Path(".cache/benchmarks/shifts"))
    given = parser.parse_args()
    backend.configure(1)
    items.configure(str(given.cache))
    stored = store.read("pictures", PICTURES)
    pictures = stored["picture"][(stored["split"] == TRAIN).values].values
    shots = video_shots.photographs(SIZE, 3)
    size, digests = (SIZE, SIZE), video_cases.digests()
    painter: Any = filming.load_painter(video_cases.sections(), digests, size)
    choice = dict(video_cases.sections().video.motion)
    scenes = [video_cases.prepared(shot, choice)[0] for shot in shots]
    anchors = [still(scene, painter) for scene in scenes]
    figures: dict[str, dict[str, float]] = {}
    for arm in ("before", *ARMS):
        vae = painter.model.vae
        vae = vae if arm == "before" else learned(arm, vae, pictures, given.steps)
        other = replace(painter, model=replace(painter.model, vae=vae))
        found = [measured(other, *each) for each in zip(scenes, anchors, strict=True)]
        figures[arm] = {name: float(np.mean([each[name] for each in found])) for name in found[0]}
        figures[arm]["psnr"] = kept(vae, np.stack([shot.picture for shot in shots]))
        print(arm, {name: round(value, 4) for name, value in figures[arm].items()}, flush=True)
    result = {"steps": given.steps, "size": SIZE, "figures": figures}
    given.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
