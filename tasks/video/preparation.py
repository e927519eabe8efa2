"""From a picture to what a clip of it is made of: the motion, by the map, and the scene."""

from collections.abc import Mapping
from types import ModuleType
from typing import Any

import numpy as np
from jaxtyping import Float64, UInt8

from tasks.core.backend import to_numpy
from tasks.core.errors import InputError
from tasks.core.random import generator
from tasks.impressions.extract import Extractor
from tasks.kuramoto.field import Dynamics
from tasks.video.atlas import atlas
from tasks.video.clip import Motion
from tasks.video.displacement import Displacement
from tasks.video.scene import Scene

RELIEF = "luma"


def motion(
    extractor: Extractor,
    picture: UInt8[np.ndarray, "y x 3"],
    dynamics: Dynamics,
    choice: Mapping[str, Any],
    *,
    name: str,
    seed: int,
    xp: ModuleType = np,
) -> Motion:
    """Return the phases of the map's nodes in every frame, and where on the map the cells of
    `picture` lie.

    The phases depend on the map, `name` and `seed`; the picture enters through the coordinates of
    its cells, which hold for all frames.
    """
    codebook = extractor.codebook
    nodes = codebook.nodes.reshape(*codebook.shape, -1)
    source = generator(seed, "video", name, "phases")
    neighbours = codebook.lattice.neighbours()
    phase = dynamics(xp.asarray(nodes), xp.asarray(relief(extractor)), source, neighbours)
    coordinates = codebook.coordinates(extractor.cells(picture[None]))[0]
    return Motion(choice, to_numpy(phase).astype(np.float32), coordinates.astype(np.float32))


def relief(extractor: Extractor) -> Float64[np.ndarray, "row col"]:
    """Return the luma of every node.

    Raises:
        InputError: the impressions have no such channel.
    """
    if RELIEF not in extractor.channels:
        raise InputError(
            f"impressions.decoders: none gives {RELIEF!r}, which the waves follow; "
            "add {name: luminance}"
        )
    values = extractor.table[:, extractor.channels.index(RELIEF)]
    return values.reshape(extractor.codebook.shape).astype(np.float64)


def scene(
    extractor: Extractor,
    picture: UInt8[np.ndarray, "y x 3"],
    displacement: Displacement,
    *,
    name: str,
    caption: str,
    seed: int,
) -> Scene:
    """Return the scene: the picture's impression, to be displaced and painted."""
    cells = extractor.cells(picture[None])
    still = extractor.decode(extractor.match(cells))[0]
    known = atlas(extractor, cells) if displacement.strays else None
    return Scene(name, caption, still, displacement, seed, known)
