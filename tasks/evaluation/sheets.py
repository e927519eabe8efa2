"""The contact sheets of the page: which strips, in which order, with which figures beside them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from tasks.evaluation import strips
from tasks.evaluation.findings import Findings, Pictures, SetFindings
from tasks.evaluation.labels import METRICS, SETS, mode
from tasks.evaluation.page import Image, Row, Sheet
from tasks.evaluation.tables import pairs

FOLDER = "pictures"
BESIDE = ("luma_correlation", "edge_correlation", "lab_error")
"""Figures that stand beside a strip."""

STRONG = "controlnet"
"""Modes of this name, or whose name begins with it, are what the project is about."""


class Sheets:
    """Writes strips into `folder`/pictures and returns the sheets that show them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / FOLDER).mkdir(parents=True, exist_ok=True)

    def strip(self, name: str, pictures: Pictures, alt: str, tile: int = strips.TILE) -> Image:
        """Return the strip of `pictures`, written as `name`.webp."""
        file = f"{FOLDER}/{name}.webp"
        width, height = strips.save(self.folder / file, pictures, tile=tile)
        return Image(file, alt, width, height)

    def impressions(self, findings: Findings) -> Sheet | None:
        """Return the sheet of some pictures of each set and the channels of their impressions."""
        if not findings.sets:
            return None
        share = -(-len(findings.sets[0].sources) // len(findings.sets))
        sources = np.concatenate([each.sources[:share] for each in findings.sets])
        maps = np.concatenate([each.maps[:share] for each in findings.sets])
        rows = [Row("Source", "held out", self.strip("sources", sources, "Held-out pictures"))]
        for name, note, shown in shown_channels(maps, findings.channels):
            image = self.strip(f"impression_{name.lower()}", shown, f"Channel {name.lower()}")
            rows.append(Row(name, note, image))
        return Sheet("", "", rows)

    def generated(self, found: SetFindings, channels: Sequence[str]) -> Sheet:
        """Return the sheet of one set: the sources, their impressions, and every mode."""
        title = SETS.get(found.name, found.name)
        source = self.strip(f"{found.name}_source", found.sources, f"{title}: sources")
        rows = [Row("Source", "", source)]
        if has_colour(channels):
            shown = colours(found.maps, channels)
            image = self.strip(f"{found.name}_impression", shown, f"{title}: impressions")
            rows.append(Row("Impression", "its colours", image))
        for name, pictures in found.painted.items():
            written, note = mode(name)
            image = self.strip(f"{found.name}_{name}", pictures, f"{title}: {written}")
            beside = pairs(found.figures[name], BESIDE, METRICS)
            rows.append(Row(written, note, image, beside, name.startswith(STRONG)))
        return Sheet(title, f"The first of {found.size}.", rows)

    def grid(self, photographs: Pictures, views: Pictures) -> Sheet | None:
        """Return the sheet of photographs and of the maps trained on each of them alone."""
        if not len(views):
            return None
        rows, cols = views.shape[1:3]
        return Sheet(
            "",
            "",
            [
                Row("Photograph", "", self.strip("grid_source", photographs, "Photographs")),
                Row(
                    "Its own map",
                    f"{rows} × {cols} nodes",
                    self.strip("grid_view", views, "A map trained on each photograph alone"),
                    strong=True,
                ),
            ],
        )


def shown_channels(maps: np.ndarray, channels: Sequence[str]) -> list[tuple[str, str, Pictures]]:
    """Return name, note and pictures of what the channels show; three of them are one colour."""
    at = {name: maps[:, place].astype(np.float64) for place, name in enumerate(channels)}
    shown: list[tuple[str, str, Pictures]] = []
    if has_colour(channels):
        shown.append(("Colour", "red, green, blue", colours(maps, channels)))
        at = _without(at, "red", "green", "blue")
    if {"cluster_row", "cluster_col"} <= at.keys():
        places = strips.clusters(at["cluster_row"], at["cluster_col"])
        at = _without(at, "cluster_row", "cluster_col")
        last = [("Clusters", "place of the basin's seat on the map", places)]
    else:
        last = []
    notes = {"luma": "how light", "edge": "how strong the edges"}
    named = {"luma": "Luminance", "edge": "Edges"}
    for name, values in at.items():
        shown.append((named.get(name, name), notes.get(name, ""), strips.grey(values)))
    return shown + last


def has_colour(channels: Sequence[str]) -> bool:
    """Return whether red, green and blue are among the channels."""
    return {"red", "green", "blue"} <= set(channels)


def colours(maps: np.ndarray, channels: Sequence[str]) -> Pictures:
    """Return the colours of the impressions."""
    places = [list(channels).index(name) for name in ("red", "green", "blue")]
    return strips.colour(*(maps[:, place].astype(np.float64) for place in places))


def _without(values: Mapping[str, np.ndarray], *names: str) -> dict[str, np.ndarray]:
    return {name: value for name, value in values.items() if name not in names}
