"""Clips of a table at one glance: a page, and a contact sheet with a row a clip.

Of a clip no more is kept than its row, and of many clips those of some, evenly chosen: the memory
does not grow with the table.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import UInt8

from tasks.video.files.overview import Overview, save
from tasks.video.scene import Frame

TEMPLATE = Path(__file__).with_name("gallery.html.j2")
PAGE, SHEET, METRICS = "index.html", "contact_sheet.png", "metrics.json"
ROWS = 120  # of the sheet, at most
COLUMNS = 6
HEIGHT = 96  # of a row, pixels
GAP = 4

Picture = UInt8[np.ndarray, "y x 3"]


@dataclass(frozen=True)
class Entry:
    """A clip: the name of its files, what was painted, and its measures."""

    name: str
    prompt: str
    measures: Mapping[str, float]


@dataclass
class Gallery:
    """Takes the `clips` clips of a table, one after the other."""

    clips: int
    entries: list[Entry] = field(default_factory=list)
    rows: list[Picture] = field(default_factory=list)

    def add(self, entry: Entry, overview: Overview) -> None:
        """Take the next clip."""
        shown = min(ROWS, self.clips)
        if len(self.entries) in {k * self.clips // shown for k in range(shown)}:
            self.rows.append(row(overview.thumbnails))
        self.entries.append(entry)

    def write(self, folder: Path) -> None:
        """Write the page, the contact sheet and, where something was measured, the measures."""
        from jinja2 import Environment, StrictUndefined

        save(folder / SHEET, sheet(self.rows))
        measures = {entry.name: dict(entry.measures) for entry in self.entries if entry.measures}
        if measures:
            (folder / METRICS).write_text(json.dumps(measures, indent=1) + "\n")
        environment = Environment(
            autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
        page = template.render(
            entries=self.entries,
            sheet=SHEET,
            rows=len(self.rows),
            metrics=METRICS if measures else None,
        )
        (folder / PAGE).write_text(page, encoding="utf-8")


def sheet(rows: Sequence[Picture]) -> Picture:
    """Return the rows below each other, on white."""
    width = max(each.shape[1] for each in rows)
    whole = np.full((len(rows) * (HEIGHT + GAP) - GAP, width, 3), 255, np.uint8)
    for place, each in enumerate(rows):
        top = place * (HEIGHT + GAP)
        whole[top : top + HEIGHT, : each.shape[1]] = each
    return whole


def row(thumbnails: Sequence[Frame]) -> Picture:
    """Return up to six frames, evenly spread, side by side."""
    shown = min(COLUMNS, len(thumbnails))
    chosen = [thumbnails[k * len(thumbnails) // shown] for k in range(shown)]
    width = max(1, round(HEIGHT * chosen[0].shape[1] / chosen[0].shape[0]))
    whole = np.full((HEIGHT, shown * (width + GAP) - GAP, 3), 255, np.uint8)
    for place, tile in enumerate(chosen):
        left = place * (width + GAP)
        small = cv2.resize(tile, (width, HEIGHT), interpolation=cv2.INTER_AREA)
        whole[:, left : left + width] = small
    return whole
