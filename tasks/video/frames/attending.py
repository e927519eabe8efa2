"""Cross-frame attention: all pictures look at the still one while they are painted.

The still picture is painted along in every batch, as its first picture, and the self-attention of
all others takes keys and values from it (Khachatryan et al. 2023, arXiv:2303.13439, section 3.2),
so that colours and textures of different paintings agree.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float32

from tasks.video.frames.around import Around, Wrapped
from tasks.video.frames.noise_loop import noise_loop
from tasks.video.frames.still import still
from tasks.video.motions.warping import enlarge_maps
from tasks.video.painters.wrapper import attending, in_batches
from tasks.video.scene import Film, Painter, Pictures, Scene

MOST = 15
"""Pictures that are painted with the still one at a time."""


@dataclass(frozen=True)
class Attending(Around):
    """The way inside, its pictures attending to the still one."""

    def __call__(self, scene: Scene, painter: Painter) -> Film:
        """Return the film."""
        return self.inner()(scene, Company(attending(painter), scene))


@dataclass(frozen=True, eq=False)
class Company(Wrapped):
    """Paints the still picture along, first in each batch, and keeps the others."""

    def __call__(
        self,
        maps: Float32[np.ndarray, "picture channel y x"],
        captions: Sequence[str],
        noise: Float32[np.ndarray, "picture latent row col"],
        start: Pictures | None = None,
        strength: float = 1.0,
    ) -> Pictures:
        """Return one picture per impression, painted in groups that no painter cuts further."""
        return in_batches(self.group, MOST, maps, captions, noise, start=start, strength=strength)

    def group(
        self,
        maps: Float32[np.ndarray, "picture channel y x"],
        captions: Sequence[str],
        noise: Float32[np.ndarray, "picture latent row col"],
        start: Pictures | None,
        strength: float,
    ) -> Pictures:
        """Return the pictures of one group, painted in company."""
        impression = enlarge_maps(self.scene.impression(0.0), *self.size)
        rest = noise_loop(self.scene, self.noise_shape, 0.0, 0.0)
        pictures = self.painter(
            np.concatenate([impression[None], maps]),
            [self.scene.caption, *captions],
            np.concatenate([rest[None], noise]),
            None if start is None else np.concatenate([self.anchor, start]),
            strength,
        )
        return pictures[1:]

    @cached_property
    def anchor(self) -> Pictures:
        """The still picture, a batch of one."""
        return still(self.scene, self.painter)
