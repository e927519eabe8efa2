"""The nodes of a trained map as decoders see them: a table of features in their own units, and
where each node's basin has its seat.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from tasks.core.errors import InputError
from tasks.impressions.basins import Basins


@dataclass(frozen=True, eq=False)
class Nodes:
    """All nodes of a map, row by row: node = row · columns + column."""

    features: Mapping[str, Float[np.ndarray, " node"]]
    basins: Basins

    def feature(self, name: str) -> Float[np.ndarray, " node"]:
        """Return one feature of every node, in its own units.

        Raises:
            InputError: the map was trained without it.
        """
        if name not in self.features:
            raise InputError(
                f"impressions.decoders: the map has no feature {name!r} "
                f"(it has {', '.join(self.features)}); "
                "add its extractor to features.extractors or drop the decoder"
            )
        return self.features[name]


def from_codebook(
    codebook: Float[np.ndarray, "row col feature"], names: Sequence[str], basins: Basins
) -> Nodes:
    """Return the nodes of `codebook`, whose last axis holds the features `names`."""
    flat = np.asarray(codebook, np.float64).reshape(-1, codebook.shape[-1])
    return Nodes(dict(zip(names, flat.T, strict=True)), basins)
