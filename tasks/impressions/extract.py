"""From pictures to impressions: features of each cell, the best matching unit of each, and what
the decoders make of it.

An `Extractor` is all that an impression depends on: the trained map, the feature extractors with
their windows, the decoders, and the refinements. It serves pictures of the data set, generated
ones and frames alike, of any size that the stride divides. A picture's impression depends on that
picture alone. Its values are rounded to half precision, as the store holds them, so that an
impression that is extracted equals the stored one exactly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
import xarray as xr
from jaxtyping import Float32, Float64, Int32, UInt8

from tasks.core.errors import InputError
from tasks.features.extract import build, channels, extract
from tasks.features.extractor import Extractor as Feature
from tasks.impressions import nodes, registry
from tasks.impressions.basins import Basins
from tasks.impressions.refinements.registry import Refinement, refine
from tasks.impressions.refinements.registry import refinements as built_refinements
from tasks.som.codebook import Codebook

LAB = ("L", "a", "b")


@dataclass(frozen=True, eq=False)
class Extractor:
    """Pictures in, impressions out. `table` holds what the decoders make of each node, `units_of`
    the units of each channel, `chain` the refinements; `xp` searches for the nearest node.
    """

    codebook: Codebook
    basins: Basins
    table: Float32[np.ndarray, "node channel"]
    channels: tuple[str, ...]
    units_of: tuple[str, ...]
    features: tuple[Feature, ...]
    cell: int
    stride: int
    chain: tuple[Refinement, ...] = ()
    xp: ModuleType = np

    def __call__(
        self, pictures: UInt8[np.ndarray, "picture y x 3"]
    ) -> Float32[np.ndarray, "picture channel row col"]:
        """Return the impressions of `pictures`, one value per cell and channel, in [0, 1]."""
        return self.decode(self.units(pictures))

    def units(
        self, pictures: UInt8[np.ndarray, "picture y x 3"]
    ) -> Int32[np.ndarray, "picture row col"]:
        """Return the best matching unit of every cell."""
        return self.match(self.cells(pictures))

    def cells(
        self, pictures: UInt8[np.ndarray, "picture y x 3"]
    ) -> Float32[np.ndarray, "picture row col feature"]:
        """Return the features of every cell, in their own units."""
        return extract(pictures, self.features, self.cell, self.stride).values

    def match(
        self, cells: Float32[np.ndarray, "picture row col feature"]
    ) -> Int32[np.ndarray, "picture row col"]:
        """Return the best matching unit of cells whose features are known."""
        return self.codebook.match(cells, xp=self.xp)

    def decode(
        self, units: Int32[np.ndarray, "picture row col"]
    ) -> Float32[np.ndarray, "picture channel row col"]:
        """Return the impressions whose cells show the nodes `units`, refined."""
        shown = np.ascontiguousarray(np.moveaxis(self.table[units], -1, 1))
        return refine(shown, self.channels, self.chain)

    def lab(
        self, cells: Float32[np.ndarray, "picture row col feature"]
    ) -> Float64[np.ndarray, "picture row col 3"]:
        """Return the mean CIELAB colour of every cell."""
        return np.stack([self.feature(cells, name) for name in LAB], axis=-1)

    def feature(
        self, cells: Float32[np.ndarray, "picture row col feature"], name: str
    ) -> Float64[np.ndarray, "picture row col"]:
        """Return one feature of every cell, in its own units.

        Raises:
            InputError: no extractor gives it.
        """
        names = self.codebook.names
        if name not in names:
            raise InputError(
                f"features.extractors: none gives {name!r}, which is measured "
                f"(they give {', '.join(names)}); add its extractor"
            )
        return cells[..., names.index(name)].astype(np.float64)


def extractor(
    som: xr.Dataset,
    features: Sequence[Mapping[str, Any]],
    cell: int,
    stride: int,
    decoders: Sequence[Mapping[str, Any]],
    *,
    refinements: Sequence[Mapping[str, Any]] = (),
    xp: ModuleType = np,
) -> Extractor:
    """Return the extractor over the trained map `som` (schema SOM); the other arguments are those
    of `params.yaml`.

    Raises:
        InputError: the map was trained on other features, or a choice is wrong.
    """
    chosen = build(features)
    codebook = Codebook.from_dataset(som)
    names = tuple(channel.name for channel in channels(chosen))
    if names != codebook.names:
        raise InputError(
            f"features.extractors: gives {', '.join(names)}, but the map was trained on "
            f"{', '.join(codebook.names)}; run: dvc repro som"
        )
    basins = Basins(som["cluster"].values, som["seat"].values, codebook.lattice.neighbours())
    built = registry.decoders(decoders)
    all_nodes = nodes.from_codebook(codebook.weights, names, basins)
    table = np.concatenate([decoder(all_nodes) for decoder in built], axis=1)
    shown = [(name, decoder.units) for decoder in built for name in decoder.channels]
    names = tuple(name for name, _ in shown)
    return Extractor(
        codebook=codebook,
        basins=basins,
        table=table.astype(np.float16).astype(np.float32),
        channels=names,
        units_of=tuple(units for _, units in shown),
        chain=built_refinements(refinements, names),
        features=chosen,
        cell=cell,
        stride=stride,
        xp=xp,
    )
