"""A painter that paints nothing twice: every batch is an item, named by all that it depends on.

So whatever way frames are made, its costly part outlives a run that is stopped, and segments of
one clip share it. A large call is painted in batches of fixed cuts, which bounds the memory and
keeps a picture from depending on who else is asked for.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32

from tasks.core import items
from tasks.video.scene import Pictures

BATCH = 16
PICTURES = "pictures.npy"


@dataclass(frozen=True, eq=False)
class RememberingPainter:
    """Paints as `painter` does; `identity` names that one and its settings."""

    painter: Any
    identity: Any

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns of the pictures, pixels."""
        return self.painter.size

    @property
    def noise_shape(self) -> tuple[int, int, int]:
        """Channels, rows and columns of the noise of one picture."""
        return self.painter.noise_shape

    def __call__(
        self,
        maps: Float32[np.ndarray, "picture channel y x"],
        captions: Sequence[str],
        noise: Float32[np.ndarray, "picture latent row col"],
        start: Pictures | None = None,
        strength: float = 1.0,
    ) -> Pictures:
        """Return one picture per impression, painted now or before."""
        painted = [
            self._batch(
                maps[cut],
                captions[cut],
                noise[cut],
                None if start is None else start[cut],
                strength,
            )
            for cut in _cuts(len(maps))
        ]
        return painted[0] if len(painted) == 1 else np.concatenate(painted)

    def attending(self) -> "RememberingPainter":
        """Return the painter whose pictures all attend to the first one of their batch."""
        return RememberingPainter(self.painter.attending(), (self.identity, "attending"))

    def round_trip(self, pictures: Pictures) -> Pictures:
        """Return the pictures, encoded and decoded."""
        return self.painter.round_trip(pictures)

    def _batch(self, *request: Any) -> Pictures:
        maps, captions, noise, start, strength = request
        arrays = [None if each is None else _digest(each) for each in (maps, noise, start)]
        key = items.key("painting", self.identity, arrays, list(captions), strength)

        def write(folder: Path) -> None:
            np.save(folder / PICTURES, self.painter(*request))

        return np.load(items.produce(key, write) / PICTURES, allow_pickle=False)


def _cuts(count: int) -> Iterator[slice]:
    return (slice(first, first + BATCH) for first in range(0, count, BATCH))


def _digest(values: np.ndarray) -> str:
    shape = f"{values.dtype} {values.shape}".encode()
    return hashlib.sha256(shape + np.ascontiguousarray(values).tobytes()).hexdigest()
