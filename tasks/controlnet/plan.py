"""The plan: what the stage does, part by part, and the keys of the items that the parts make."""

from dataclasses import dataclass

import numpy as np

from tasks.artifacts.pictures import PICTURES, SCENES, TRAIN
from tasks.controlnet.params import Controlnet
from tasks.controlnet.training import Checkpoints
from tasks.core import backend, code, items, store
from tasks.core.errors import InputError
from tasks.core.params import Runtime
from tasks.features.params import Features
from tasks.impressions.params import Impressions

STAGE = "tasks.controlnet.stage"
BLOCK = 128
"""Pictures encoded at a time."""


@dataclass(frozen=True)
class Setting:
    """What all parts share: the parameters, and the digest of the base model."""

    section: Controlnet
    features: Features
    impressions: Impressions
    runtime: Runtime
    base: str

    @property
    def device(self) -> str:
        """The name of PyTorch's device."""
        return backend.torch_device(self.runtime.device)


@dataclass(frozen=True)
class Block:
    """Some training pictures, by position in pictures.zarr, and the item of their latents."""

    setting: Setting
    pictures: tuple[int, ...]
    key: str


@dataclass(frozen=True)
class Run:
    """One training, and the item that says that all snapshots of its curve are there."""

    setting: Setting
    blocks: tuple[Block, ...]
    checkpoints: Checkpoints
    key: str


@dataclass(frozen=True)
class Measurement:
    """The fidelity of the item `snapshot`, taken after `step` steps, on `pictures`."""

    setting: Setting
    step: int
    snapshot: str
    pictures: tuple[int, ...]
    key: str


@dataclass(frozen=True)
class Plan:
    """All that the stage does, in this order."""

    setting: Setting
    blocks: tuple[Block, ...]
    run: Run
    points: tuple[Measurement, ...]


def plan(
    section: Controlnet, features: Features, impressions: Impressions, runtime: Runtime
) -> Plan:
    """Return the work. Keys cover the code, the parameters and the digests of what is read.

    Raises:
        InputError: there are no pictures to train on, or too few to validate on.
    """
    learned, held_out = _pictures(section.validation)
    digests = {name: store.digest(store.folder(name)) for name in ("base", "pictures")}
    setting = Setting(section, features, impressions, runtime, digests["base"])
    encoding = [
        "latents",
        code.version(STAGE),
        digests,
        section.mirror,
        setting.runtime.model_dump(),
    ]
    blocks = tuple(
        Block(setting, numbers, items.key(encoding, numbers))
        for numbers in (learned[at : at + BLOCK] for at in range(0, len(learned), BLOCK))
    )
    run = _run(setting, blocks)
    return Plan(setting, blocks, run, _points(run, held_out))


def _pictures(validation: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    split = store.read("pictures", PICTURES).split.values
    learned, held_out = (np.flatnonzero(split == part).tolist() for part in (TRAIN, SCENES))
    if not learned or len(held_out) < validation:
        raise InputError(
            f"pictures: {len(learned)} to learn from and {len(held_out)} held-out scenes, but "
            f"controlnet.validation is {validation}; lower it, or raise the numbers of pictures"
        )
    return tuple(learned), tuple(held_out[:validation])


def _run(setting: Setting, blocks: tuple[Block, ...]) -> Run:
    section = setting.section
    learning = section.model_dump(
        exclude={"checkpoint", "curve", "validation", "shown", "sampling", "tensorboard"}
    )
    name = items.key(
        code.version(STAGE),
        [block.key for block in blocks],
        store.digest(store.folder("impressions")),
        learning,
        setting.runtime.model_dump(),
    )
    checkpoints = Checkpoints(name, section.checkpoint, tuple(section.curve))
    return Run(setting, blocks, checkpoints, items.key(name, "curve", section.curve))


def _points(run: Run, pictures: tuple[int, ...]) -> tuple[Measurement, ...]:
    setting = run.setting
    how = [
        code.version(STAGE),
        setting.features.model_dump(),
        setting.impressions.model_dump(),
        store.digest(store.folder("som")),
        setting.section.sampling.model_dump(),
        setting.section.shown,
        setting.runtime.model_dump(),
        pictures,
    ]
    snapshots = ((step, run.checkpoints.snapshot(step)) for step in setting.section.curve)
    return tuple(
        Measurement(setting, step, snapshot, pictures, items.key(snapshot, how))
        for step, snapshot in snapshots
    )
