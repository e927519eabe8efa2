"""The stage `orientation`: crops of every sheet, one training with checkpoints, and the model."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from tasks.artifacts.orientation import CROPS
from tasks.base.states import States
from tasks.base.training import Training
from tasks.core import backend, code, items, random, store
from tasks.core.params import Runtime
from tasks.core.registry import build
from tasks.orientation import crops, learning, trained
from tasks.orientation.arms.phases import PhaseArm
from tasks.orientation.chains import prior
from tasks.orientation.circle.phase import encode
from tasks.orientation.crops import Cut
from tasks.orientation.learning import Pace, conditions
from tasks.orientation.params import Orientation
from tasks.orientation.registry import SOURCES

STAGE = "tasks.orientation.stage"
PICTURES, SEATS = "pictures.npy", "seats.npy"
WEIGHTS, CURVE = "average.safetensors", "curve.json"
NOT_LEARNED: Any = {
    "checkpoint": True,
    "source": True,
    "folder": True,
    "recipe": {"sampler", "noise", "grid"},
}
"""Parameters that change no weight, or only by the crops."""
BLOCK = 32
"""Sheets that are cut at a time."""
ENDS = 256
"""Pictures whose chains' ends make the prior."""


@dataclass(frozen=True)
class Block:
    """Some sheets, and the item of their crops."""

    cuts: tuple[Cut, ...]
    size: int
    cell: int
    seed: int
    key: str

    @property
    def clusters(self) -> bool:
        """Whether the sheets have clusters."""
        return self.cuts[0].sheet.seats is not None


@dataclass(frozen=True)
class Run:
    """The training on the crops of `blocks`, its states, and the item of its end."""

    section: Orientation
    runtime: Runtime
    blocks: tuple[Block, ...]
    states: States
    key: str

    @property
    def clusters(self) -> bool:
        """Whether the network is to know of clusters."""
        return self.blocks[0].clusters


def plan(section: Orientation, runtime: Runtime) -> Run:
    """Return the work. Keys cover the code, the parameters and the digests of the sheets.

    Raises:
        InputError: as the source says, there is nothing to hold out, or the recipe is none.
    """
    section.recipe.arm()
    source = build(SOURCES, section.source, what="orientation.source")
    sheets = source(section.place, section.size, runtime.seed)
    cuts = crops.plan(sheets, section.pictures, section.held_out, runtime.seed)
    sides = [[cut for cut in cuts if cut.held_out == side] for side in (False, True)]
    blocks = tuple(
        _block(tuple(side[at : at + BLOCK]), section, runtime.seed)
        for side in sides
        for at in range(0, len(side), BLOCK)
    )
    how = section.model_dump(mode="json", exclude=NOT_LEARNED)
    device = backend.torch_device(runtime.device)
    machine = [device, runtime.threads, runtime.seed]
    run = items.key(code.version(STAGE), how, [block.key for block in blocks], machine)
    return Run(section, runtime, blocks, States(run, section.checkpoint), items.key(run, "end"))


def _block(cuts: tuple[Cut, ...], section: Orientation, seed: int) -> Block:
    names = [(cut.sheet.name, cut.sheet.digest, cut.count, cut.held_out) for cut in cuts]
    sides = section.size, section.cell
    return Block(cuts, *sides, seed, items.key(code.version(STAGE), names, sides, seed))


def cut(block: Block) -> dict[str, Any]:
    """Make the item of one block: its crops."""

    def write(folder: Path) -> None:
        made = [crops.make(each, block.size, block.seed) for each in block.cuts]
        np.save(folder / PICTURES, np.concatenate(made), allow_pickle=False)
        if block.clusters:
            found = [crops.seats(each, block.size, block.cell, block.seed) for each in block.cuts]
            seats = [each for each in found if each is not None]
            np.save(folder / SEATS, np.concatenate(seats), allow_pickle=False)

    items.produce(block.key, write)
    return {"sheets": len(block.cuts), "key": block.key}


def train(run: Run) -> dict[str, Any]:
    """Make the item of the training: the averaged weights, the prior and the curve."""
    items.produce(run.key, lambda folder: _train(run, folder))
    return {"steps": run.section.steps, "key": run.key}


def _train(run: Run, folder: Path) -> None:
    section, device = run.section, backend.torch_device(run.runtime.device)
    arm, pictures = section.recipe.arm(), _crops(run.blocks, PICTURES)
    seats = _crops(run.blocks, SEATS) if run.clusters else None
    torch.manual_seed(random.seed(run.runtime.seed, "orientation", "layers"))
    network = arm.build(section.network.size(), 1, conditions(run.clusters)).to(device)
    chosen = section.model_dump(include=set(Pace.__dataclass_fields__) - {"seed"})
    pace = Pace(**chosen, seed=run.runtime.seed)
    training = Training(network.train(), section.averaging)
    loss = learning.steered_loss(arm, network, pictures, section.cell, pace, seats=seats)
    learning.learn(training, loss, pace, run.states)
    averaged = {name: value.cpu() for name, value in training.average.state_dict().items()}
    save_file(averaged, folder / WEIGHTS)
    save_file({"quantiles": _prior(arm, pictures, run.runtime.seed)}, folder / trained.PRIOR)
    curve = {"pictures": len(pictures), "loss": [round(each, 5) for each in training.losses]}
    (folder / CURVE).write_text(json.dumps(curve, indent=2) + "\n")


def _prior(arm: PhaseArm, pictures: np.ndarray, seed: int) -> torch.Tensor:
    """Return the quantiles of the law that the chain ends in on training pictures."""
    start = encode(torch.from_numpy(pictures[:: -(-len(pictures) // ENDS)])[:, None], arm.reach)
    generator = random.torch_generator(seed, "orientation", "prior")
    ends = prior.terminal_phases(arm.process, arm.schedule, start, generator)
    return prior.simulated(ends).quantiles


def assemble(run: Run) -> None:
    """Put the model, its curve and the crops into `data/orientation/`."""
    section, item = run.section, items.path(run.key)
    with store.output("orientation") as folder:
        trained.save(
            folder,
            recipe=section.recipe,
            network=section.network,
            sides=(section.size, section.cell),
            clusters=run.clusters,
            weights=load_file(item / WEIGHTS),
            prior=prior.Prior(load_file(item / trained.PRIOR)["quantiles"]),
        )
        (folder / CURVE).write_text((item / CURVE).read_text())
        _store(folder / f"{CROPS.name}.zarr", run)


def _store(path: Path, run: Run) -> None:
    cuts = [cut for block in run.blocks for cut in block.cuts]
    counts = [cut.count for cut in cuts]
    side = run.section.size
    group = store.create(
        path,
        CROPS,
        {"picture": sum(counts), "y": side, "x": side},
        coords={
            "source": np.repeat([cut.sheet.name for cut in cuts], counts),
            "held_out": np.repeat([int(cut.held_out) for cut in cuts], counts),
        },
        attributes={"params": items.key(run.section.model_dump(mode="json"))},
    )
    store.fill(group, "picture", CROPS, (_load(block, PICTURES) for block in run.blocks))


def _crops(blocks: Sequence[Block], name: str) -> np.ndarray:
    """Return what was kept by `name` of the crops to learn from."""
    chosen = [block for block in blocks if not block.cuts[0].held_out]
    return np.concatenate([_load(block, name) for block in chosen])


def _load(block: Block, name: str) -> np.ndarray:
    return np.load(items.path(block.key) / name, allow_pickle=False)
