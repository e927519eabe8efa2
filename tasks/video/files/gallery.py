"""Clips of a table at one glance: a page, and a contact sheet with a row a clip."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import UInt8

from tasks.video.files.overview import Overview, save
from tasks.video.scene import Frame

TEMPLATE = Path(__file__).with_name("gallery.html.j2")
PAGE, SHEET, METRICS = "index.html", "contact_sheet.png", "metrics.json"
ROW = 6
HEIGHT = 128
GAP = 4


@dataclass(frozen=True)
class Entry:
    """A clip: the name of its files, what was painted, its overview and its measures."""

    name: str
    prompt: str
    overview: Overview
    measures: Mapping[str, float]


def write(folder: Path, entries: Sequence[Entry]) -> None:
    """Write the page, the contact sheet and, where something was measured, the measures."""
    from jinja2 import Environment, StrictUndefined

    save(folder / SHEET, sheet([entry.overview for entry in entries]))
    measures = {entry.name: dict(entry.measures) for entry in entries if entry.measures}
    if measures:
        (folder / METRICS).write_text(json.dumps(measures, indent=1) + "\n")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    page = template.render(entries=entries, sheet=SHEET, metrics=METRICS if measures else None)
    (folder / PAGE).write_text(page, encoding="utf-8")


def sheet(overviews: Sequence[Overview]) -> UInt8[np.ndarray, "y x 3"]:
    """Return a row of up to six frames a clip, evenly spread, on white."""
    rows = [_row(overview.thumbnails) for overview in overviews]
    width = max(row.shape[1] for row in rows)
    whole = np.full((len(rows) * (HEIGHT + GAP) - GAP, width, 3), 255, np.uint8)
    for place, row in enumerate(rows):
        top = place * (HEIGHT + GAP)
        whole[top : top + HEIGHT, : row.shape[1]] = row
    return whole


def _row(thumbnails: Sequence[Frame]) -> UInt8[np.ndarray, "y x 3"]:
    shown = min(ROW, len(thumbnails))
    chosen = [thumbnails[k * len(thumbnails) // shown] for k in range(shown)]
    width = max(1, round(HEIGHT * chosen[0].shape[1] / chosen[0].shape[0]))
    row = np.full((HEIGHT, shown * (width + GAP) - GAP, 3), 255, np.uint8)
    for place, tile in enumerate(chosen):
        left = place * (width + GAP)
        small = cv2.resize(tile, (width, HEIGHT), interpolation=cv2.INTER_AREA)
        row[:, left : left + width] = small
    return row
