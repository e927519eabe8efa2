"""A small trained map over a few photographs, in memory and as stores."""

from functools import cache

import numpy as np
import xarray as xr
from skimage.data import astronaut, coffee

from tasks.artifacts.features import FEATURES
from tasks.artifacts.pictures import PHOTOGRAPHS, PICTURES, SCENES, TRAIN
from tasks.artifacts.som import SOM
from tasks.core import store
from tasks.features.extract import build, extract
from tasks.som.basins import basins
from tasks.som.codebook import Codebook
from tasks.som.quality import u_matrix
from tasks.som.samples import standardisation
from tests import stores

EXTRACTORS = [
    {"name": "lab", "weight": 1.0},
    {"name": "luminance", "weight": 0.5},
    {"name": "sobel", "weight": 0.7},
    {"name": "variance", "weight": 0.7},
]
DECODERS = [
    {"name": "colour"},
    {"name": "luminance"},
    {"name": "edges", "full_scale": 0.15},
    {"name": "clusters"},
]
CELL, STRIDE, SIDE = 8, 4, 8
SOURCES = ["astronaut"] * 4 + ["coffee"] * 4
SPLIT = [TRAIN, SCENES, *[PHOTOGRAPHS] * 6]
SECTIONS = {
    "runtime": {"threads": 1, "device": "cpu", "seed": 1},
    "features": {"cell": CELL, "stride": STRIDE, "extractors": EXTRACTORS},
    "impressions": {
        "decoders": DECODERS,
        "refinements": [],
        "grid_pictures": 3,
        "grid_rows": 6,
        "grid_cols": 5,
        "grid_epochs": 2,
        "grid_position_weight": 2.0,
    },
}


@cache
def photographs() -> np.ndarray:
    """Return eight crops of photographs, 64 pixels a side."""
    crops = [
        image[top : top + 256 : 4, left : left + 256 : 4]
        for image in (astronaut(), coffee())
        for top, left in ((0, 0), (0, 200), (120, 60), (140, 240))
    ]
    return np.stack(crops)


@cache
def som() -> xr.Dataset:
    """Return the store `som` of a map of 8 x 8 nodes, which are cells of the photographs in the
    order of their lightness.
    """
    extraction = extract(photographs(), build(EXTRACTORS), CELL, STRIDE)
    values = extraction.values.reshape(-1, len(extraction.names))
    rule = standardisation.fit(values, extraction.weights)
    chosen = np.unique(values, axis=0)[:: len(values) // SIDE**2][: SIDE**2].astype(np.float64)
    book = Codebook(chosen.reshape(SIDE, SIDE, -1), extraction.names, rule, {"name": "rect"})
    heights = u_matrix(book.nodes, book.lattice)
    cluster, seat = basins(heights, book.lattice, 6)
    node, epochs = ("row", "col"), np.linspace(1, 0.5, 3)
    variables = {
        "codebook": ((*node, "feature"), book.weights),
        "feature": (("feature",), np.array(book.names)),
        "mean": (("feature",), rule.mean),
        "scale": (("feature",), rule.scale),
        "u_matrix": (node, heights),
        "hits": (node, np.ones((SIDE, SIDE), np.int64)),
        "cluster": (node, cluster.astype(np.int32)),
        "seat": ((*node, "axis"), seat.astype(np.int32)),
        "sigma": (("step",), 4 * epochs),
        "quantization_error": (("step",), epochs),
        "topographic_error": (("step",), epochs / 10),
    }
    return xr.Dataset(variables, attrs={"topology": {"name": "rect"}})


def write_pictures(pictures: np.ndarray) -> None:
    """Write the store `pictures`."""
    sizes = dict(zip(("picture", "y", "x", "channel"), pictures.shape, strict=True))
    coords = {"picture": pictures, "caption": SOURCES, "source": SOURCES, "split": SPLIT}
    with store.output("pictures") as folder:
        stores.create(folder / "pictures.zarr", PICTURES, sizes, coords=coords)


def write_features(pictures: np.ndarray) -> None:
    """Write the store `features`."""
    values, names, units, weights = extract(pictures, build(EXTRACTORS), CELL, STRIDE)
    sizes = dict(zip(("picture", "y", "x", "feature"), values.shape, strict=True))
    coords = {"value": values, "feature": names, "units": units, "weight": weights}
    with store.output("features") as folder:
        stores.create(folder / "features.zarr", FEATURES, sizes, coords=coords)


def write_som() -> None:
    """Write the store `som`."""
    dataset = som()
    coords = {name: dataset[name].values for name in SOM.variables}
    with store.output("som") as folder:
        path = folder / "som.zarr"
        stores.create(path, SOM, dataset.sizes, coords=coords, attributes=dataset.attrs)
