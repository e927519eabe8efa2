"""From a picture to what a clip of it is made of: the motion, by the map, and the scene."""

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

import numpy as np
from jaxtyping import Float64, UInt8

from tasks.core.backend import to_numpy
from tasks.core.errors import InputError
from tasks.core.random import generator
from tasks.impressions.extract import Extractor
from tasks.kuramoto.field import Dynamics
from tasks.video.motions.atlas import atlas
from tasks.video.motions.curve import curve
from tasks.video.motions.displacement import Displacement
from tasks.video.motions.motion import Motion
from tasks.video.motions.schedule import Schedule, times
from tasks.video.scene import Scene
from tasks.video.takes.shots import Keyframe

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
    schedule: Schedule | None = None,
) -> Motion:
    """Return the phases of the map's nodes in every frame of the loop, where on the map the cells
    of `picture` lie, and the schedule by which the loop is played.

    The phases depend on the map, `name` and `seed`; the picture enters through the coordinates of
    its cells, which hold for all frames.
    """
    codebook = extractor.codebook
    phase = dynamics(*oscillators(extractor, name=name, seed=seed, xp=xp))
    coordinates = codebook.coordinates(extractor.cells(picture[None]))[0]
    return Motion(
        choice, to_numpy(phase).astype(np.float32), coordinates.astype(np.float32), schedule
    )


def oscillators(
    extractor: Extractor, *, name: str, seed: int, xp: ModuleType = np
) -> tuple[Any, Any, np.random.Generator, Any]:
    """Return the vectors and the relief of the map's nodes, the chance of their phases, and which
    of them are adjacent.

    Raises:
        InputError: the impressions do not have what the waves follow.
    """
    codebook = extractor.codebook
    nodes = codebook.nodes.reshape(*codebook.shape, -1)
    source = generator(seed, "video", name, "phases")
    heights = xp.asarray(relief(extractor))
    return xp.asarray(nodes), heights, source, codebook.lattice.neighbours()


def schedule(
    frames: int,
    period: int,
    turns: int,
    keyframes: Sequence[tuple[int, Keyframe]],
    *,
    ease: bool,
    drives: Mapping[str, Float64[np.ndarray, " frame"]],
) -> Schedule | None:
    """Return when which moment of a loop of `period` frames is shown, and how strongly; None where
    it is just played once. `drives` are factors of the speed and the amplitude.
    """
    speed, amplitude = (
        _product(
            _curve(frames, [(k, getattr(each, name)) for k, each in keyframes], ease=ease),
            drives.get(name),
        )
        for name in ("speed", "amplitude")
    )
    if turns == 1 and speed is None and amplitude is None:
        return None
    share = np.ones(frames) if amplitude is None else amplitude
    return Schedule(times(frames, period, turns, speed), share)


def _curve(
    frames: int, points: Sequence[tuple[int, float | None]], *, ease: bool
) -> Float64[np.ndarray, " frame"] | None:
    named = [(number, value) for number, value in points if value is not None]
    return curve(frames, named, ease=ease) if named else None


def _product(*factors: Float64[np.ndarray, " frame"] | None) -> Any:
    """Return the product of those factors that are there, or None."""
    there = [factor for factor in factors if factor is not None]
    return np.prod(there, axis=0) if there else None


def prompts(
    first: str, frames: int, keyframes: Sequence[tuple[int, Keyframe]], *, ease: bool
) -> dict[str, Float64[np.ndarray, " frame"]]:
    """Return every prompt with its share in each frame; the shares of a frame add up to 1. The
    shot's own prompt `first` holds at its beginning, unless a keyframe there has another.
    """
    named = [(number, each.prompt) for number, each in keyframes if each.prompt is not None]
    if not named or named[0][0] > 0:
        named = [(0, first), *named]
    shares: dict[str, Float64[np.ndarray, " frame"]] = {}
    for place, (_, prompt) in enumerate(named):
        points = [(number, float(other == place)) for other, (number, _) in enumerate(named)]
        share = curve(frames, points, ease=ease)
        shares[prompt] = shares.get(prompt, 0) + share
    return shares


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
