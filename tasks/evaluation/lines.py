"""The phase model on the page: samples beside what steered them, the ways to them, and figures."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as Picture

from tasks.artifacts.orientation_samples import FREE, RENDERED, SAMPLES, STEERED
from tasks.core import store
from tasks.evaluation.findings import Pictures
from tasks.evaluation.page import Image, Row, Sheet, Table
from tasks.evaluation.sheets import FOLDER, Sheets
from tasks.evaluation.tables import number, table

STAGE, FIGURES = "orientation_samples", "metrics.json"
KINDS = (FREE, STEERED, RENDERED)
NAMES: Mapping[str, tuple[str, str]] = {
    FREE: ("Free", "from the prior alone"),
    STEERED: ("Steered", "other lines on the same layout"),
    RENDERED: ("Rendered", "its edges as lines"),
}
ORIGINALS: Mapping[str, tuple[str, str]] = {
    STEERED: ("Held-out pictures", "not learned from"),
    RENDERED: ("Held-out photographs", ""),
}
WAYS: Mapping[str, str] = {
    "tree": "What is decided when: one way back from the noise parts at 3/4, 1/2 and 1/4 of the "
    "chain, and what siblings share was decided before.",
    "forward": "Forward: phases synchronise, and pictures drown. The colour is the phase.",
    "reverse": "Back: from phases at rest to pictures, last as grey.",
}


@dataclass(frozen=True, eq=False)
class Lines:
    """The first samples of every set and their originals, where the pictures of the ways lie, and
    all figures.
    """

    samples: Mapping[str, Pictures]
    originals: Mapping[str, Pictures]
    folder: Path
    figures: Mapping[str, Any]


def gather(shown: int) -> Lines | None:
    """Return what the page shows, or None where the stage has not run."""
    folder = store.folder(STAGE)
    if not (folder / FIGURES).is_file():
        return None
    opened = {
        kind: store.open_store(folder / f"{kind}.zarr", SAMPLES, remedy=f"run: dvc repro {STAGE}")
        for kind in KINDS
    }
    return Lines(
        {kind: _coloured(each.picture[:shown].values) for kind, each in opened.items()},
        {kind: _coloured(opened[kind].original[:shown].values) for kind in ORIGINALS},
        folder,
        json.loads((folder / FIGURES).read_text()),
    )


def sheet(sheets: Sheets, found: Lines) -> Sheet:
    """Return the sheet of samples and what steered them."""
    rows = []
    for kind, (name, note) in NAMES.items():
        if kind in found.originals:
            above, text = ORIGINALS[kind]
            strip = sheets.strip(f"lines_{kind}_original", found.originals[kind], above)
            rows.append(Row(above, text, strip))
        strip = sheets.strip(f"lines_{kind}", found.samples[kind], f"{name} samples")
        rows.append(Row(name, note, strip, _beside(kind, found), strong=kind != FREE))
    return Sheet("", "", rows)


def ways(folder: Path, found: Lines) -> list[tuple[Image, str]]:
    """Return the tree and the films, copied into `folder`."""
    shown = []
    for name, text in WAYS.items():
        file = f"{FOLDER}/lines_{name}.png"
        shutil.copyfile(found.folder / f"{name}.png", folder / file)
        with Picture.open(folder / file) as picture:
            width, height = picture.size
        shown.append((Image(file, text, width, height), text))
    return shown


def distances(found: Lines) -> Table:
    """Return the table of distances to held-out pictures, with their floor."""
    rows = {
        name: {metric: each["distance"] for metric, each in found.figures[kind].items()}
        for kind, (name, _) in NAMES.items()
        if kind in found.figures
    }
    rows["floor"] = {metric: each["floor"] for metric, each in found.figures[FREE].items()}
    return table("Lines: distance to held-out pictures", "set", rows, ranked=())


def _beside(kind: str, found: Lines) -> list[tuple[str, str]]:
    angle = found.figures["layout"].get(kind)
    return [("off the layout", f"{number(angle['degrees'])}°")] if angle else []


def _coloured(pictures: np.ndarray) -> Pictures:
    return np.repeat(pictures[..., None], 3, -1)
