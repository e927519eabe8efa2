"""The displacement of the picture plane, and the motion that follows from it.

Frame t shows, at x, what the still (canonical) picture shows at x + d(x, t). A point p of the
still picture is therefore seen at the x_t with x_t + d(x_t, t) = p, and from frame s to frame t
the picture at x moves by

    F(x) = x' − x,    x' + d(x', t) = x + d(x, s) = p,

solved by x' ← p − d(x', t), a contraction where |∇d| < 1: in many rounds for the pixels p, once a
frame, and from there in a few for any place between them. The map x → x + d does not
fold while det(I + ∇d) > 0; near 0 it smears and tears, so that the smallest determinant bounds the
amplitude that is safe.
"""

from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Any

import cv2
import numpy as np
from cachetools import LRUCache, cached, cachedmethod
from jaxtyping import Float, Float32

from tasks.video.motions.atlas import Atlas, Maps
from tasks.video.motions.spline import resized

ROUNDS, FEW = 8, 3
FINE = 4
KEPT = 128 * 2**20
"""Bytes of arrays that are asked for again and again, at most. Nobody writes into one."""

Field = Float32[np.ndarray, "y x axis"]


def room() -> LRUCache[Any, Any]:
    """Return a place for such arrays."""
    return LRUCache(KEPT, getsizeof=lambda array: array.nbytes)


def remembered(name: str) -> Any:
    """Let the method `name` of a displacement, given a frame and a size, keep its fields there."""
    return cachedmethod(
        cache=lambda self: self._kept,
        key=lambda self, frame, *size: (name, frame % self.frames, *size),
        lock=lambda self: self._lock,
    )


@dataclass(frozen=True, eq=False)
class Displacement:
    """A loop of smooth displacement fields on a coarse grid; axis is (x, y), in widths of the
    picture.

    `requested` is the amplitude that was asked for, `amplitude` the one that was safe.
    """

    grid: Float32[np.ndarray, "frame row col axis"]
    amplitude: float
    requested: float

    @property
    def strays(self) -> bool:
        """Whether the impression itself depends on the time."""
        return False

    def impression(self, still: Maps, atlas: Atlas | None, time: float) -> Maps:
        """Return the impression before its displacement, at `time` in [0, 1) of the loop: the
        still one.
        """
        return still

    @property
    def frames(self) -> int:
        """The number of frames in the loop."""
        return len(self.grid)

    def coarse(self, frame: int) -> Float32[np.ndarray, "row col axis"]:
        """Return d of one frame (counted modulo the loop) on the coarse grid, in widths."""
        return self.grid[frame % self.frames]

    def at(self, frame: int, height: int, width: int) -> Field:
        """Return d of one frame (counted modulo the loop) in pixels of a picture of that size."""
        return (width * resized(self.coarse(frame), height, width)).astype(np.float32)

    def flow(self, start: int, stop: int, height: int, width: int) -> Field:
        """Return how far, in pixels, the picture at each place of frame `start` has moved in frame
        `stop`.
        """
        here, d = positions(height, width), self._at(stop, height, width)
        target = here + self._at(start, height, width)
        near = target + sample(self.seen(stop, height, width), target)
        return undone(d, target, near, FEW) - here

    @remembered("seen")
    def seen(self, frame: int, height: int, width: int) -> Field:
        """Return how far, in pixels, from its place in the still picture each point is seen in a
        frame.
        """
        here, d = positions(height, width), self._at(frame, height, width)
        return finished(undone(d, here, here - d, ROUNDS) - here)

    @remembered("at")
    def _at(self, frame: int, height: int, width: int) -> Field:
        """Return d, which flows ask for again and again."""
        return finished(self.at(frame, height, width))

    @cached_property
    def _kept(self) -> LRUCache[Any, Field]:
        return room()

    @cached_property
    def _lock(self) -> Lock:
        return Lock()

    @cached_property
    def least_determinant(self) -> float:
        """The smallest det(I + ∇d) over all places and frames."""
        fields = self.grid.astype(np.float64)
        return min(float(determinant(*gradients(refined(field)), 1.0).min()) for field in fields)


def undone(d: Field, target: Field, near: Field, rounds: int) -> Field:
    """Return the places x with x + d(x) = `target`, found from `near`."""
    (u, v), (p, q), (x, y) = cv2.split(d), cv2.split(target), cv2.split(near)
    for _ in range(rounds):
        x, y = p - looked_up(u, x, y), q - looked_up(v, x, y)
    return cv2.merge([x, y])


@cached(room(), lock=Lock())
def positions(height: int, width: int) -> Field:
    """Return the pixel coordinates (x, y) of every pixel."""
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return finished(np.stack([x, y], axis=-1))


def finished(field: Field) -> Field:
    """Return the field, which nobody may change any more."""
    field.flags.writeable = False
    return field


def sample(
    field: Float32[np.ndarray, "y x *channel"], place: Field
) -> Float32[np.ndarray, "y x *channel"]:
    """Return the field at `place`, bilinearly, the border value beyond the border."""
    x, y = cv2.split(place)
    if field.shape[2:] != (2,):
        return looked_up(field, x, y)
    return cv2.merge([looked_up(channel, x, y) for channel in cv2.split(field)])


def looked_up(
    field: Float32[np.ndarray, "y x *channel"],
    x: Float32[np.ndarray, "y x"],
    y: Float32[np.ndarray, "y x"],
) -> Float32[np.ndarray, "y x *channel"]:
    """Return the field at places, bilinearly. It has not two channels: of two, OpenCV 5
    interpolates at places that it rounds to 1/32 pixel, and slower.
    """
    return cv2.remap(field, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def refined(field: Float[np.ndarray, "row col axis"]) -> Float[np.ndarray, "y x axis"]:
    """Return the field between the cells, close enough for its gradient."""
    return resized(field, FINE * field.shape[0], FINE * field.shape[1])


def gradients(
    field: Float[np.ndarray, "row col axis"],
) -> tuple[Float[np.ndarray, "row col axis"], Float[np.ndarray, "row col axis"]]:
    """Return ∂d/∂x and ∂d/∂y of a field in widths of the picture (its cells are square)."""
    cells = field.shape[1]
    return np.gradient(field, axis=1) * cells, np.gradient(field, axis=0) * cells


def determinant(
    across: Float[np.ndarray, "*grid axis"],
    down: Float[np.ndarray, "*grid axis"],
    amplitude: float,
) -> Float[np.ndarray, "*grid"]:
    """Return det(I + a ∇u) from ∂u/∂x = `across`, ∂u/∂y = `down`."""
    trace, minor = invariants(across, down)
    return 1 + amplitude * trace + amplitude**2 * minor


def invariants(
    across: Float[np.ndarray, "*grid axis"], down: Float[np.ndarray, "*grid axis"]
) -> tuple[Float[np.ndarray, "*grid"], Float[np.ndarray, "*grid"]]:
    """Return trace and determinant of ∇u."""
    trace = across[..., 0] + down[..., 1]
    return trace, across[..., 0] * down[..., 1] - across[..., 1] * down[..., 0]


def safe_amplitude(field: Float[np.ndarray, "row col axis"], least: float) -> float:
    """Return the largest a with det(I + a' ∇u) ≥ `least` for all 0 ≤ a' ≤ a, everywhere.

    It is infinite for a rigid u.

    Each place gives 1 + a·tr + a²·det ≥ least; the smallest positive root of all these quadratics
    is the bound.
    """
    trace, minor = invariants(*gradients(refined(field)))
    room = 1 - least
    inside = trace * trace - 4 * minor * room
    root = np.sqrt(np.maximum(inside, 0))
    # 2c / (−b ± √) keeps its precision where the quadratic term vanishes; the larger denominator
    # gives the smaller positive root.
    bottom = -trace + root
    valid = (inside >= 0) & (bottom > 0)
    return float((2 * room / bottom[valid]).min()) if valid.any() else float("inf")
