"""Named random numbers.

Every use of chance has a name; its generator is seeded by the run's seed and that name alone. So
the order in which stages, shards or pictures are computed can never change a result, and two uses
never share a stream.
"""

import hashlib
import json
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch

Name = str | int


def seed(base: int, *names: Name) -> int:
    """Return a 63-bit seed: the start of SHA-256 over `base` and `names`, written as JSON."""
    text = json.dumps([int(base), *names], separators=(",", ":"))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


def generator(base: int, *names: Name) -> np.random.Generator:
    """Return NumPy's PCG64 generator for this use."""
    return np.random.default_rng(seed(base, *names))


def torch_generator(base: int, *names: Name) -> "torch.Generator":
    """Return PyTorch's CPU generator for this use."""
    import torch

    return torch.Generator().manual_seed(seed(base, *names))
