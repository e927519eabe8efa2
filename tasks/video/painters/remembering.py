"""A painter that paints nothing twice: every batch is an item, named by all that it depends on.

So whatever way frames are made, its costly part outlives a run that is stopped, and segments of
one clip share it. A large call is painted in batches of fixed cuts, which bounds the memory and
keeps a picture from depending on who else is asked for.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from jaxtyping import Float32

from tasks.core import items
from tasks.video.painters.wrapper import Wrapper, in_batches
from tasks.video.scene import Pictures

BATCH = 16
PICTURES = "pictures.npy"


@dataclass(frozen=True, eq=False)
class RememberingPainter(Wrapper):
    """Paints as `painter` does; `identity` names that one and its settings."""

    identity: Any

    def __call__(
        self,
        maps: Float32[np.ndarray, "picture channel y x"],
        captions: Sequence[str],
        noise: Float32[np.ndarray, "picture latent row col"],
        start: Pictures | None = None,
        strength: float = 1.0,
    ) -> Pictures:
        """Return one picture per impression, painted now or before."""
        return in_batches(
            self._batch, BATCH, maps, captions, noise, start=start, strength=strength
        )

    def attending(self) -> Self:
        """Return the painter whose pictures all attend to the first one of their batch."""
        return replace(super().attending(), identity=(self.identity, "attending"))

    def _batch(self, *request: Any) -> Pictures:
        maps, captions, noise, start, strength = request
        arrays = [None if each is None else _digest(each) for each in (maps, noise, start)]
        key = items.key("painting", self.identity, arrays, list(captions), strength)

        def write(folder: Path) -> None:
            np.save(folder / PICTURES, self.painter(*request))

        return np.load(items.produce(key, write) / PICTURES, allow_pickle=False)


def _digest(values: np.ndarray) -> str:
    shape = f"{values.dtype} {values.shape}".encode()
    return hashlib.sha256(shape + np.ascontiguousarray(values).tobytes()).hexdigest()
