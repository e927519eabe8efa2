"""What a store holds: the declaration that writers follow and readers check.

`tasks/artifacts/` declares each store once, with these two records. Dimension names are fixed for
the whole project.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

DIMENSIONS = (
    "picture",
    "y",
    "x",
    "channel",
    "feature",
    "row",
    "col",
    "axis",
    "frame",
    "step",
    "sample",
    "mode",
)


@dataclass(frozen=True)
class Variable:
    """One array of a store. `chunk` and `shard` give lengths along dimensions; a dimension that
    they leave out is whole.
    """

    dims: tuple[str, ...]
    dtype: str
    units: str
    long_name: str
    chunk: Mapping[str, int] = field(default_factory=dict)
    shard: Mapping[str, int] = field(default_factory=dict)
    attributes: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        unknown = [dim for dim in self.dims if dim not in DIMENSIONS]
        if unknown:
            raise ValueError(
                f"unknown dimension {unknown[0]!r}; the dimensions are {', '.join(DIMENSIONS)}"
            )


@dataclass(frozen=True)
class Schema:
    """One Zarr store: its file name without the suffix, its version, its variables (dimension
    coordinates among them).
    """

    name: str
    version: int
    variables: Mapping[str, Variable]

    @property
    def identity(self) -> str:
        """The name and version that a store carries in its attribute `schema`."""
        return f"{self.name}/{self.version}"
