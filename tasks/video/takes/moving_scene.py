"""A scene whose picture moves by itself: a video, whose frames have an impression each.

The impression of a frame is steadied by those around it (`steadying`), each carried to the frame
along the optical flow between them. No field displaces anything: the motion is that of the video.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import cv2
import numpy as np
from jaxtyping import Float32

from tasks.impressions.extract import Extractor
from tasks.video.measures.metrics import LUMA
from tasks.video.motions.displacement import Displacement, Field
from tasks.video.motions.optical_flow import carried, measured
from tasks.video.scene import Scene
from tasks.video.takes.footage import Footage
from tasks.video.takes.steadying import Chain

KEPT = 24


@dataclass(frozen=True, eq=False)
class Following(Displacement):
    """No displacement, of pictures whose impression depends on the time."""

    @property
    def strays(self) -> bool:
        """True."""
        return True


@dataclass(frozen=True, eq=False, kw_only=True)
class MovingScene(Scene):
    """The scene of a video: `maps` are those of its first frame."""

    footage: Footage
    extractor: Extractor
    steadying: Chain

    def impression(self, time: float) -> Float32[np.ndarray, "channel row col"]:
        """Return the steadied impression of the frame at `time` in [0, 1) of the clip."""
        here, reach = round(time * self.displacement.frames), self.steadying.iterations
        first, last = max(0, here - reach), min(self.displacement.frames - 1, here + reach)
        around = np.stack([self._carried(there, here) for there in range(first, last + 1)])
        steady = self.steadying(around.reshape(len(around), -1), here - first)
        return steady.reshape(around.shape[1:])

    def flow(self, start: int, stop: int, height: int, width: int) -> Field:
        """Return how far, in pixels, each place of frame `start` has moved in frame `stop`."""
        if start == stop:
            return np.zeros((height, width, 2), np.float32)
        found = self._flow(start, stop)
        scale = np.float32(width / found.shape[1])
        return scale * cv2.resize(found, (width, height), interpolation=cv2.INTER_LINEAR)

    def _carried(self, there: int, here: int) -> Float32[np.ndarray, "channel row col"]:
        maps = self._maps(there)
        if there == here:
            return maps
        flow = self._flow(here, there)
        rows, cols = maps.shape[1:]
        coarse = cv2.resize(flow, (cols, rows), interpolation=cv2.INTER_AREA)
        coarse *= np.float32(cols / flow.shape[1])
        return np.stack([carried(plane, coarse) for plane in maps])

    @cached_property
    def _maps(self) -> Callable[[int], Float32[np.ndarray, "channel row col"]]:
        """The impression of a frame by itself, a few of them remembered."""
        return lru_cache(maxsize=KEPT)(
            lambda number: self.extractor(self.footage.frame(number)[None])[0]
        )

    @cached_property
    def _luma(self) -> Callable[[int], Float32[np.ndarray, "y x"]]:
        return lru_cache(maxsize=KEPT)(
            lambda number: self.footage.frame(number).astype(np.float32) @ LUMA / 255
        )

    @cached_property
    def _flow(self) -> Callable[[int, int], Field]:
        return lru_cache(maxsize=KEPT)(
            lambda start, stop: measured(self._luma(start), self._luma(stop))
        )


def moving_scene(
    footage: Footage,
    extractor: Extractor,
    steadying: Chain,
    *,
    frames: int,
    name: str,
    caption: str,
    seed: int,
) -> MovingScene:
    """Return the scene of the first `frames` frames of a video."""
    still = Following(np.zeros((frames, 1, 1, 2), np.float32), 0.0, 0.0)
    maps = extractor(footage.picture()[None])[0]
    return MovingScene(
        name,
        caption,
        maps,
        still,
        seed,
        footage=footage,
        extractor=extractor,
        steadying=steadying,
    )
