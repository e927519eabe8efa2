"""The stage `generation`: blocks of pictures, mode by mode, then one store per set."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from diffusers import ControlNetModel

from tasks.artifacts.generation import GENERATION, SETS
from tasks.artifacts.impressions import IMPRESSIONS
from tasks.artifacts.pictures import PICTURES
from tasks.conditioning import loaded
from tasks.conditioning.registry import mode
from tasks.conditioning.request import Request
from tasks.controlnet import network
from tasks.core import backend, code, items, store
from tasks.core.errors import InputError
from tasks.core.params import Runtime
from tasks.generation.params import Generation
from tasks.generation.sets import members
from tasks.impressions.readable import NAMES, Readable, readable

BLOCK = 32
"""Pictures painted at a time."""
FILE = "pictures.npy"
INPUTS = ("base", "controlnet", "pictures", "impressions")
GIVEN = ("maps", "readable", "pictures", "controlnet")
"""The fields of a request that the stage has."""
READ_FOR = {"maps": "impressions", "controlnet": "controlnet"}
"""The store that is read for a field of the request, where the mode needs it."""


@dataclass(frozen=True)
class Setting:
    """What all parts share: the parameters, and the digests of the stores that are read."""

    section: Generation
    runtime: Runtime
    readable: Readable
    inputs: tuple[tuple[str, str], ...]

    @property
    def device(self) -> str:
        """The name of PyTorch's device."""
        return backend.torch_device(self.runtime.device)

    def digest(self, name: str) -> str:
        """Return the digest of a store."""
        return dict(self.inputs)[name]


@dataclass(frozen=True)
class Part:
    """Pictures of one set, by position in pictures.zarr, that one mode paints in one batch."""

    setting: Setting
    set: str
    mode: str
    pictures: tuple[int, ...]
    key: str


@dataclass(frozen=True)
class Plan:
    """All that the stage does: the parts of every set that has pictures, mode by mode."""

    setting: Setting
    shards: tuple[Part, ...]


def plan(
    section: Generation,
    runtime: Runtime,
    *,
    cell: int,
    stride: int,
    decoders: Sequence[Mapping[str, Any]],
) -> Plan:
    """Return the work; the impressions' cells and decoders are those of params.yaml.

    A part's key covers the code, the digests of what its mode reads, the choices of the mode
    and of the sampling, and its pictures; so another mode beside it does not repaint it.

    Raises:
        InputError: the ControlNet is missing, there are no held-out pictures, or a mode needs what
            the stage has not.
    """
    inputs = tuple((name, store.digest(store.folder(name))) for name in INPUTS)
    channels = store.read("impressions", IMPRESSIONS).channel.values
    setting = Setting(section, runtime, readable(channels, cell, stride, decoders), inputs)
    split, spent = store.read("pictures", PICTURES).split.values, _validation()
    parts = [
        _part(setting, name, label, tuple(numbers[at : at + BLOCK]))
        for name in SETS
        for numbers in [members(split, name, without=spent, most=section.pictures).tolist()]
        for label in section.modes
        for at in range(0, len(numbers), BLOCK)
    ]
    if not parts:
        raise InputError("pictures: none is held out; raise their numbers: dvc repro pictures")
    return Plan(setting, tuple(parts))


def _part(setting: Setting, name: str, label: str, pictures: tuple[int, ...]) -> Part:
    choice = setting.section.modes[label]
    needs = mode(choice, what=label).needs
    if lacking := [field for field in needs if field not in GIVEN]:
        raise InputError(
            f"generation.modes.{label}: needs a {lacking[0]}, which this stage has not; leave the "
            "mode to the command paint"
        )
    if "readable" in needs and not setting.readable.known:
        raise InputError(
            f"generation.modes.{label}: the impressions show none of {', '.join(NAMES)}; "
            "add {name: colour} to impressions.decoders"
        )
    unread = {store_name for field, store_name in READ_FOR.items() if field not in needs}
    read = {name: digest for name, digest in setting.inputs if name not in unread}
    how = setting.section.model_dump(exclude={"modes", "pictures"})
    version = code.version("tasks.generation.stage")
    runtime = setting.runtime.model_dump()
    reading = asdict(setting.readable) if "readable" in needs else None
    key = items.key(version, read, how, choice, runtime, pictures, reading)
    return Part(setting, name, label, pictures, key)


def paint(part: Part) -> dict[str, Any]:
    """Make the item of one part: its painted pictures."""

    def write(folder: Path) -> None:
        setting = part.setting
        chosen = mode(setting.section.modes[part.mode], what=f"generation.modes.{part.mode}")
        base = loaded.base(store.folder("base"), setting.digest("base"), setting.device)
        painted = chosen(base, _request(part, chosen.needs))
        np.save(folder / FILE, painted, allow_pickle=False)

    items.produce(part.key, write)
    return {"set": part.set, "mode": part.mode, "pictures": len(part.pictures), "key": part.key}


def _request(part: Part, needs: tuple[str, ...]) -> Request:
    setting, numbers = part.setting, list(part.pictures)
    data = store.read("pictures", PICTURES)
    maps = store.take(store.read("impressions", IMPRESSIONS).impression, numbers)
    controlled = "controlnet" in needs
    return Request(
        captions=[str(caption) for caption in store.take(data.caption, numbers)],
        names=numbers,
        seed=setting.runtime.seed,
        size=(data.sizes["y"], data.sizes["x"]),
        steps=setting.section.num_inference_steps,
        guidance_scale=setting.section.guidance_scale,
        scheduler=setting.section.scheduler,
        maps=maps.astype(np.float32),
        readable=setting.readable,
        pictures=store.take(data.picture, numbers),
        controlnet=_controlnet(setting.digest("controlnet"), setting.device)
        if controlled
        else None,
    )


def assemble(work: Plan) -> None:
    """Put the parts together as `data/generation/<set>.zarr`."""
    captions = store.read("pictures", PICTURES).caption.values
    labels = list(work.setting.section.modes)
    attributes = {
        "params": items.key(work.setting.section.model_dump()),
        "seed": work.setting.runtime.seed,
        **dict(work.setting.inputs),
    }
    with store.output("generation") as folder:
        for name in SETS:
            parts = [part for part in work.shards if part.set == name]
            if parts:
                _store(folder / f"{name}.zarr", parts, labels, captions, attributes)


def _store(
    path: Path,
    parts: list[Part],
    labels: list[str],
    captions: np.ndarray,
    attributes: dict[str, Any],
) -> None:
    numbers = [number for part in parts if part.mode == labels[0] for number in part.pictures]
    rows, cols, channels = _load(parts[0]).shape[1:]
    sizes = {
        "mode": len(labels),
        "picture": len(numbers),
        "y": rows,
        "x": cols,
        "channel": channels,
    }
    coords = {"mode": labels, "caption": captions[numbers], "picture_index": numbers}
    group = store.create(path, GENERATION, sizes, coords=coords, attributes=attributes)
    for place, label in enumerate(labels):
        painted = np.concatenate([_load(part) for part in parts if part.mode == label])
        group["picture"][place] = painted  # pyright: ignore[reportIndexIssue, reportArgumentType]


def _load(part: Part) -> np.ndarray:
    return np.load(items.path(part.key) / FILE, mmap_mode="r", allow_pickle=False)


def _validation() -> list[int]:
    curve = store.file("controlnet", "curve.json")
    if not curve.is_file():
        raise InputError(f"{curve}: not there; run: dvc repro controlnet")
    return json.loads(curve.read_text())["validation"]


@cache
def _controlnet(digest: str, device: str) -> ControlNetModel:
    """Return the trained ControlNet of the store `digest`."""
    return network.load(store.folder("controlnet"), device)
