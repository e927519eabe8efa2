"""Noise, picture by picture.

Each picture has a generator of its own, named by the run's seed and the picture's name; so what a
picture becomes does not depend on which others are painted with it, or in which order.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from tasks.core.random import Name, torch_generator


def generators(seed: int, names: Sequence[Name]) -> list[torch.Generator]:
    """Return one fresh generator per name."""
    return [torch_generator(seed, "noise", name) for name in names]


def white(
    sources: Sequence[torch.Generator], shape: tuple[int, int, int]
) -> Float[Tensor, "picture latent row col"]:
    """Return unit normal noise, each picture's `shape` = (channels, rows, columns) drawn from its
    own source.
    """
    return torch.stack([torch.randn(shape, generator=source) for source in sources])
