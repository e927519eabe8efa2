"""The codebook: the trained map as later stages use it.

A vector x of features is standardised, z = (x - mean) / scale, and matched with the node c nearest
to it. Between nodes the map is continued linearly: with the residual r = z - w_c and the tangents
t_row, t_col of the map at c, the displacement (α, β) that minimises

    |r - α t_row - β t_col|²

gives the continuous coordinates (row + α, col + β), with α and β clipped to [-½, ½], half the way
to the next node. Where the tangents are parallel or vanish, the shortest such displacement is
taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import Any, Self

import numpy as np
import xarray as xr
from jaxtyping import Float, Float64, Int32

from tasks.core import registry
from tasks.som.lattices.lattice import Lattice
from tasks.som.registry import LATTICES
from tasks.som.samples.standardisation import Standardisation
from tasks.som.search.best_matching_units import Match, on_host, search


def lattice(topology: Mapping[str, Any], rows: int, cols: int) -> Lattice:
    """Return the lattice that the choice `topology` describes, with `rows` x `cols` nodes.

    Raises:
        ValueError: the choice is wrong, or names sides of its own.
    """
    if sides := {"rows", "cols"}.intersection(topology):
        raise ValueError(f"topology: {min(sides)} stands beside it, not in it")
    return registry.build(LATTICES, {**topology, "rows": rows, "cols": cols}, what="topology")


@dataclass(frozen=True)
class Codebook:
    """Weights of the nodes in the features' own units, and what distances are measured in."""

    weights: Float64[np.ndarray, "row col feature"]
    names: tuple[str, ...]
    standardisation: Standardisation
    topology: Mapping[str, Any]

    @classmethod
    def from_dataset(cls, dataset: xr.Dataset) -> Self:
        """Return the codebook that the store `som` holds."""
        return cls(
            dataset["codebook"].values,
            tuple(str(name) for name in dataset["feature"].values),
            Standardisation(dataset["mean"].values, dataset["scale"].values),
            dataset.attrs["topology"],
        )

    def to_variables(self) -> dict[str, np.ndarray]:
        """Return the variables of the store `som` that `from_dataset` reads; the topology goes
        into the attributes.
        """
        return {
            "codebook": self.weights,
            "feature": np.array(self.names),
            "mean": self.standardisation.mean,
            "scale": self.standardisation.scale,
        }

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.weights.shape[0], self.weights.shape[1]

    @cached_property
    def lattice(self) -> Lattice:
        """Where the nodes stand."""
        return lattice(self.topology, *self.shape)

    @cached_property
    def nodes(self) -> Float64[np.ndarray, "node feature"]:
        """The standardised weights, row by row."""
        return self.standardisation.apply(self.weights).reshape(-1, len(self.names))

    def search(
        self,
        values: Float[np.ndarray, "sample feature"],
        *,
        exact: bool = True,
        xp: ModuleType = np,
    ) -> Match:
        """Return the two best matching units of feature vectors in their own units, and the
        standardised distance to the best.
        """
        samples = xp.asarray(self.standardisation.apply(values).astype(np.float32))
        match = search(samples, xp.asarray(self.nodes), exact=exact, xp=xp)
        return on_host(match)

    def match(
        self, values: Float[np.ndarray, "*n feature"], *, exact: bool = True, xp: ModuleType = np
    ) -> Int32[np.ndarray, "*n"]:
        """Return the best matching unit of each vector: row * columns + column. A vector's answer
        depends on no other vector.

        Raises:
            ValueError: the vectors have another number of features, or hold NaN or infinity.
        """
        return (
            self.search(self._flat(values), exact=exact, xp=xp)
            .best.astype(np.int32)
            .reshape(values.shape[:-1])
        )

    def coordinates(
        self, values: Float[np.ndarray, "*n feature"], *, xp: ModuleType = np
    ) -> Float64[np.ndarray, "*n 2"]:
        """Return continuous row and column of each vector, within half a step of its best matching
        unit.

        Raises:
            ValueError: as `match`.
        """
        flat = self._flat(values)
        best = self.search(flat, xp=xp).best
        residual = self.standardisation.apply(flat) - self.nodes[best]
        step = np.einsum("naf,nf->na", self._inverse_tangents[best], residual)
        place = np.stack(np.divmod(best, self.shape[1]), axis=-1)
        return (place + np.clip(step, -0.5, 0.5)).reshape(*values.shape[:-1], 2)

    @cached_property
    def _inverse_tangents(self) -> Float64[np.ndarray, "node 2 feature"]:
        """The pseudo-inverse of each node's tangents: applied to a residual, it gives (α, β)."""
        tangents = self.lattice.tangents(self.nodes)
        return np.linalg.pinv(np.swapaxes(tangents, 1, 2), rcond=1e-6)

    def _flat(self, values: np.ndarray) -> np.ndarray:
        if values.shape[-1] != len(self.names):
            raise ValueError(
                f"values has {values.shape[-1]} features; "
                f"the codebook has {len(self.names)}: {', '.join(self.names)}"
            )
        flat = values.reshape(-1, len(self.names))
        bad = ~np.isfinite(flat).all(axis=1)
        if bad.any():
            raise ValueError(
                f"values: {bad.sum()} vectors hold NaN or infinity, "
                f"the first is vector {bad.argmax()}"
            )
        return flat
