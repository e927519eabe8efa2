"""The stage `evaluation`: structure of every painted picture, coherence of every clip, the
verdicts and the page.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from tasks.artifacts.generation import GENERATION, SETS
from tasks.artifacts.impressions import GRID, IMPRESSIONS
from tasks.artifacts.pictures import PICTURES
from tasks.artifacts.som import SOM
from tasks.core import code, items, store
from tasks.core.errors import InputError
from tasks.evaluation import gallery, gates, gathering, lines, measuring
from tasks.evaluation.findings import Findings
from tasks.evaluation.page import render
from tasks.evaluation.params import Evaluation
from tasks.features.params import Features
from tasks.impressions.params import Impressions
from tasks.impressions.stored import stored

FIGURES, INDEX, CURVE = "figures.json", "clips.json", "curve.json"
DIGITS = 6
"""Decimals of the figures in metrics.json."""
MEASURING = "tasks.evaluation.measuring"
"""The module whose code makes the figures: another page does not measure anything anew."""


@dataclass(frozen=True)
class Sections:
    """All parameters that the page depends on."""

    evaluation: Evaluation
    features: Features
    impressions: Impressions


@dataclass(frozen=True)
class Painted:
    """One mode on one set of pictures, and the item of its structure figures."""

    set: str
    mode: str
    sections: Sections
    key: str


@dataclass(frozen=True)
class Filmed:
    """One variant of one photograph's clip, and the item of its figures."""

    name: str
    caption: str
    variant: str
    key: str


@dataclass(frozen=True)
class Plan:
    """All that the stage measures."""

    sections: Sections
    painted: tuple[Painted, ...]
    filmed: tuple[Filmed, ...]


def plan(sections: Sections) -> Plan:
    """Return what is to be measured. A key covers the code, the parameters and what is measured.

    Raises:
        InputError: a store is missing; the line names the stage to run.
    """
    stored(sections.features, sections.impressions)
    painted = [part for name in SETS for part in _painted(name, sections)]
    if not painted:
        raise InputError(f"{store.folder('generation')}: holds no set; run: dvc repro generation")
    return Plan(sections, tuple(painted), tuple(_filmed()))


def _painted(name: str, sections: Sections) -> list[Painted]:
    path = store.file("generation", f"{name}.zarr")
    if not path.is_dir():
        return []
    found = open_set(name)
    common = (
        code.version(MEASURING),
        sections.features.model_dump(),
        sections.impressions.of_a_picture(),
        store.digest(store.locate("som", SOM)),
        store.digest(store.locate("pictures", PICTURES)),
        found["picture_index"].values.tolist(),
    )
    return [
        Painted(name, str(mode), sections, items.key(*common, _digest(found["picture"][place])))
        for place, mode in enumerate(found["mode"].values)
    ]


def _filmed() -> list[Filmed]:
    index = store.file("video", INDEX)
    if not index.is_file():
        raise InputError(f"{index}: not there; run: dvc repro video")
    version, filmed = code.version(MEASURING), []
    for entry in json.loads(index.read_text()):
        name, variant = entry["name"], entry["variant"]
        files = [store.file("video", f"{name}/{variant}{suffix}") for suffix in (".json", ".npz")]
        key = items.key(version, [store.digest(file) for file in files])
        filmed.append(Filmed(name, entry["caption"], variant, key))
    return filmed


def structure(part: Painted) -> dict[str, Any]:
    """Make the item of one mode on one set: the means of the structure metrics."""

    def write(folder: Path) -> None:
        measured = measuring.structure(
            open_set(part.set),
            part.mode,
            pictures=store.read("pictures", PICTURES)["picture"],
            maps=store.read("impressions", IMPRESSIONS)["impression"],
            extractor=stored(part.sections.features, part.sections.impressions),
        )
        _write_json(folder / FIGURES, measured)

    items.produce(part.key, write)
    return {"set": part.set, "mode": part.mode, "key": part.key}


def coherence(part: Filmed) -> dict[str, Any]:
    """Make the item of one variant of one clip: its measures."""

    def write(folder: Path) -> None:
        measured = measuring.coherence(store.file("video", part.name), part.variant)
        _write_json(folder / FIGURES, measured)

    items.produce(part.key, write)
    return {"name": part.name, "variant": part.variant, "key": part.key}


def assemble(work: Plan) -> None:
    """Write figures, verdicts, plots and the page into `data/evaluation/`."""
    figures = collect(work)
    verdicts = gates.verdicts(figures, work.sections.evaluation.gates)
    figures["gates"] = {
        "kept": sum(verdict.passed for verdict in verdicts),
        "of": len(verdicts),
    }
    found = findings(work, figures, verdicts)
    with store.output("evaluation") as folder:
        _write_json(folder / "metrics.json", figures)
        _write_json(folder / "gates.json", [gates.record(verdict) for verdict in verdicts])
        _write_json(folder / "som.json", found.som.epochs())
        _write_json(folder / "controlnet.json", found.curve)
        page = gallery.build(folder, found, lines.gather(work.sections.evaluation.shown))
        (folder / "index.html").write_text(render(page), encoding="utf-8")


def collect(work: Plan) -> dict[str, Any]:
    """Return all figures: of the map, by set and mode, and by variant: the photographs' mean, and
    each photograph's own.
    """
    som = store.read("som", SOM)
    errors = ("quantization_error", "topographic_error")
    structures: dict[str, dict[str, Any]] = {}
    for part in work.painted:
        structures.setdefault(part.set, {})[part.mode] = _figures(part.key)
    films: dict[str, dict[str, Any]] = {}
    for part in work.filmed:
        films.setdefault(part.variant, {})[part.name] = _figures(part.key)
    return _rounded(
        {
            "som": {name: float(som[name].values[-1]) for name in errors},
            "structure": structures,
            "video": {
                variant: {**measuring.mean(each), "photographs": each}
                for variant, each in films.items()
            },
        }
    )


def findings(
    work: Plan, figures: Mapping[str, Any], verdicts: Sequence[gates.Verdict]
) -> Findings:
    """Return all that the page shows."""
    pictures = store.read("pictures", PICTURES)
    maps = store.read("impressions", IMPRESSIONS)["impression"]
    shown = work.sections.evaluation.shown
    record = json.loads(_controlnet_curve().read_text())
    clips = dict.fromkeys((part.name, part.caption) for part in work.filmed)
    return Findings(
        som=gathering.som(store.read("som", SOM)),
        channels=stored(work.sections.features, work.sections.impressions).channels,
        sets=[
            gathering.painted(name, open_set(name), pictures, maps, figures=each, shown=shown)
            for name, each in figures["structure"].items()
        ],
        grid=gathering.grid(store.read("impressions", GRID), pictures),
        curve=[{"step": point["step"], **point["fidelity"]} for point in record["curve"]],
        best=record["best"],
        clips=[
            gathering.clip(name, caption, store.file("video", name), figures["video"])
            for name, caption in clips
        ],
        verdicts=verdicts,
    )


def open_set(name: str) -> xr.Dataset:
    """Return what was painted of the set `name`."""
    path = store.file("generation", f"{name}.zarr")
    return store.open_store(path, GENERATION, remedy="run: dvc repro generation")


def _controlnet_curve() -> Path:
    path = store.file("controlnet", CURVE)
    if not path.is_file():
        raise InputError(f"{path}: not there; run: dvc repro controlnet")
    return path


def _figures(key: str) -> dict[str, float]:
    return json.loads((items.path(key) / FIGURES).read_text())


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in value.items()}
    return round(value, DIGITS)


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=1, allow_nan=False) + "\n")


def _digest(values: xr.DataArray) -> str:
    data = np.ascontiguousarray(values.values)
    return hashlib.sha256(repr(data.shape).encode() + data.tobytes()).hexdigest()
