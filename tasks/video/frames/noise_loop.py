"""Noise that changes slowly and returns.

    n(τ) = √(1 − e²) n₀ + e (cos 2πτ · n₁ + sin 2πτ · n₂),    τ in [0, 1),

is unit normal noise for every τ, returns after τ = 1, and correlates with itself by
1 − e² (1 − cos 2πΔτ).
"""

import math

import numpy as np
from jaxtyping import Float32

from tasks.video.scene import Scene


def noise_loop(
    scene: Scene, shape: tuple[int, int, int], tau: float, share: float
) -> Float32[np.ndarray, "latent row col"]:
    """Return n(τ); `share` e in [0, 1] is how much of it moves."""
    still, one, two = (scene.noise(shape, "loop", number) for number in range(3))
    angle = 2 * math.pi * tau
    moving = np.float32(share * math.cos(angle)) * one + np.float32(share * math.sin(angle)) * two
    return np.float32(math.sqrt(1 - share**2)) * still + moving
