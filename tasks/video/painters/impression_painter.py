"""A painter without a model: it shows the impression's own colours. For previews, where the motion
is what one wants to see.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from tasks.video.scene import Pictures


@dataclass(frozen=True)
class ImpressionPainter:
    """Paints pictures of `size` = (rows, columns); caption, noise and start do not matter."""

    size: tuple[int, int]

    @property
    def noise_shape(self) -> tuple[int, int, int]:
        """The least that noise can be."""
        return (1, 1, 1)

    def __call__(
        self,
        maps: Float32[np.ndarray, "picture channel y x"],
        captions: Sequence[str],
        noise: Float32[np.ndarray, "picture latent row col"],
        start: Pictures | None = None,
        strength: float = 1.0,
    ) -> Pictures:
        """Return the maps' first three channels as sRGB pictures."""
        colours = np.moveaxis(maps[:, :3], 1, -1)
        return np.rint(255 * np.clip(colours, 0, 1)).astype(np.uint8)
