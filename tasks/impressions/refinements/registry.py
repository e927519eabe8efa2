"""The refinements of impressions by name. A new one is a new file with a frozen dataclass, and a
line here.

A refinement has `channels`, the names of those that it refines, and `__call__(plane)`, which
returns the refined plane: one value per cell in [0, 1], of the same shape. Refinements are applied
one after the other, in the order of `impressions.refinements`, to each picture alone. Channels
that name places on the map (`cluster_row`, `cluster_col`) are no intensities: a refinement that
mixes cells would name basins that are not there, and is refused.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from jaxtyping import Float32

from tasks.core.errors import InputError
from tasks.core.registry import build

REFINEMENTS = {
    "bilateral": "tasks.impressions.refinements.bilateral:Bilateral",
    "non_local_means": "tasks.impressions.refinements.non_local_means:NonLocalMeans",
    "alignment": "tasks.impressions.refinements.alignment:PhaseAlignment",
    "contrast": "tasks.impressions.refinements.contrast:Contrast",
    "sharpening": "tasks.impressions.refinements.sharpening:Sharpening",
    "entropy": "tasks.impressions.refinements.entropy:EntropySmoothing",
}
PLACES = ("cluster_row", "cluster_col")

Plane = Float32[np.ndarray, "row col"]
Maps = Float32[np.ndarray, "picture channel row col"]


class Refinement(Protocol):
    """What every entry of the registry is."""

    @property
    def channels(self) -> list[str]:
        """The channels that are refined."""
        ...

    def __call__(self, plane: Plane) -> Plane:
        """Return the refined plane."""
        ...


def refinements(
    choices: Sequence[Mapping[str, Any]], channels: Sequence[str]
) -> tuple[Refinement, ...]:
    """Return the refinements that `choices` describe, for impressions of these channels.

    Raises:
        InputError: an unknown name, a wrong field, a channel that is not there or is a place.
    """
    built = tuple(
        build(REFINEMENTS, choice, what=f"impressions.refinements[{position}]")
        for position, choice in enumerate(choices)
    )
    allowed = [name for name in channels if name not in PLACES]
    for position, refinement in enumerate(built):
        for name in refinement.channels:
            if name not in allowed:
                raise InputError(
                    f"impressions.refinements[{position}]: channels: {name!r} cannot be refined; "
                    f"choose from {', '.join(allowed)}"
                )
    return built


def refine(maps: Maps, channels: Sequence[str], chain: Sequence[Refinement]) -> Maps:
    """Return the impressions `maps`, refined, rounded to half precision as stores hold them."""
    if not chain:
        return maps
    refined = maps.copy()
    for refinement in chain:
        for at in (channels.index(name) for name in refinement.channels):
            for picture in refined:
                picture[at] = np.clip(refinement(np.ascontiguousarray(picture[at])), 0, 1)
    return refined.astype(np.float16).astype(np.float32)
