"""The decoders of impressions by name. A new decoder is a new file with a frozen dataclass, and a
line here.

A decoder has `channels`, the names of what it shows, their `units`, and `__call__(nodes)`, which
returns a table: one row per node of the map, one column per channel, values in [0, 1]. An
impression is that table, looked up at the best matching unit of every cell.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from jaxtyping import Float
from numpy import ndarray

from tasks.core.registry import build
from tasks.impressions.nodes import Nodes

DECODERS = {
    "colour": "tasks.impressions.colour:Colour",
    "luminance": "tasks.impressions.luminance:Luminance",
    "edges": "tasks.impressions.edges:Edges",
    "clusters": "tasks.impressions.clusters:Clusters",
    "heat": "tasks.impressions.heat:Heat",
    "orientation": "tasks.impressions.orientation:Orientation",
}


class Decoder(Protocol):
    """What every entry of the registry is."""

    @property
    def channels(self) -> tuple[str, ...]:
        """The names of what it shows."""
        ...

    @property
    def units(self) -> str:
        """What a value of 1 stands for."""
        ...

    def __call__(self, nodes: Nodes) -> Float[ndarray, "node channel"]:
        """Return the table."""
        ...


def decoders(choices: Sequence[Mapping[str, Any]]) -> tuple[Decoder, ...]:
    """Return the decoders that `choices` describe, in that order.

    Raises:
        InputError: for an unknown name or a wrong field.
    """
    return tuple(
        build(DECODERS, choice, what=f"impressions.decoders[{position}]")
        for position, choice in enumerate(choices)
    )
