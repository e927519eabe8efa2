"""What the map shows at each node, and where on it the cells of a picture lie."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64, Int32

from tasks.impressions.extract import Extractor

Maps = Float32[np.ndarray, "channel y x"]


@dataclass(frozen=True, eq=False)
class Atlas:
    """Channels of the nodes; their change per step along rows and columns; the best matching unit
    of each cell, and its continuous coordinates (row, column). On a torus the map goes on beyond
    its border.
    """

    table: Float32[np.ndarray, "row col channel"]
    tangents: Float64[np.ndarray, "node axis channel"]
    units: Int32[np.ndarray, "y x"]
    coordinates: Float64[np.ndarray, "y x axis"]
    torus: bool

    def read(self, coordinates: Float64[np.ndarray, "y x axis"]) -> Maps:
        """Return the channels between the nodes, bilinear in row and column; beyond a border,
        those at the border.
        """
        from scipy.ndimage import map_coordinates  # a fifth of a second, which few clips need

        places = np.moveaxis(coordinates, -1, 0)
        mode = "grid-wrap" if self.torus else "nearest"
        channels = np.moveaxis(self.table.astype(np.float64), -1, 0)
        read = [map_coordinates(plane, places, order=1, mode=mode) for plane in channels]
        return np.stack(read).astype(np.float32)


def atlas(
    extractor: Extractor,
    cells: Float32[np.ndarray, "1 y x feature"],
) -> Atlas:
    """Return the atlas of the extractor's map and the cells of one picture."""
    codebook = extractor.codebook
    return Atlas(
        table=extractor.table.reshape(*codebook.shape, -1),
        tangents=codebook.lattice.tangents(extractor.table.astype(np.float64)),
        units=extractor.match(cells)[0],
        coordinates=codebook.coordinates(cells)[0],
        torus=bool(getattr(codebook.lattice, "torus", False)),
    )
