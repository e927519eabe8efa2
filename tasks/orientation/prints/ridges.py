r"""Ridges by iterated filtering: specks that are told, again and again, which way to run.

At every pixel the picture u ∈ [−1, 1] is filtered by the even Gabor filter of the local
orientation φ and period p, whose transfer function is a pair of Gaussians,

    ĝ(k) = exp(−2π²σ² |k − n/p|²) + exp(−2π²σ² |k + n/p|²),      n ⊥ ridges,   σ = 0.404 p,

and what comes out is amplified and cut to [−1, 1]. Ridges grow out of the specks and join; where
they cannot, minutiae remain, the fewer the sparser the specks (Cappelli, Maio & Maltoni 2000,
Synthetic fingerprint-database generation, whose σ leaves three peaks). One filter a pixel is read
off a bank of `ANGLES` × `PERIODS` filters, bilinearly, each applied to the whole picture by a
Fourier transform.
"""

import math
from collections.abc import Iterator

import numpy as np
from jaxtyping import Float32, Float64
from scipy import fft

ANGLES, PERIODS = 16, 3
WIDTH, GAIN = 0.404, 6.0

Plane = Float32[np.ndarray, "y x"]
Number = Float64[np.ndarray, "y x"]


def grow(specks: Plane, angle: Number, period: Number, rounds: int) -> Plane:
    """Return ridges in [−1, 1] after `rounds` of filtering; angles in rad from the x axis towards
    y upwards (against the rows), periods in pixels.
    """
    bank = list(filters(specks.shape, angle, period))
    picture = specks
    for _ in range(rounds):
        spectrum = fft.rfft2(picture)
        grown = np.zeros_like(picture)
        for transfer, weight in bank:
            grown += weight * fft.irfft2(spectrum * transfer, s=picture.shape)
        picture = np.clip(np.float32(GAIN) * grown, -1, 1)
    return picture


def filters(
    shape: tuple[int, ...], angle: Number, period: Number
) -> Iterator[tuple[Float32[np.ndarray, "ky kx"], Plane]]:
    """Yield the transfer functions of the bank that are in use, each with its weight at every
    pixel.
    """
    shortest, longest = float(period.min()), float(period.max())
    turns = np.mod(angle / math.pi, 1.0) * ANGLES
    places = (period - shortest) / max(longest - shortest, 1e-9) * (PERIODS - 1)
    for step in range(PERIODS):
        near = np.clip(1 - np.abs(places - step), 0, None)
        here = shortest + (longest - shortest) * step / (PERIODS - 1)
        for turn in range(ANGLES):
            apart = np.abs(turns - turn)
            weight = near * np.clip(1 - np.minimum(apart, ANGLES - apart), 0, None)
            if weight.any():
                yield _transfer(shape, math.pi * turn / ANGLES, here), weight.astype(np.float32)


def _transfer(shape: tuple[int, ...], angle: float, period: float) -> Float32[np.ndarray, "ky kx"]:
    """Return ĝ on the frequencies of `rfft2`, in cycles per pixel; rows count downwards."""
    down, across = fft.fftfreq(shape[0])[:, None], fft.rfftfreq(shape[1])[None]
    x, y = -math.sin(angle) / period, -math.cos(angle) / period
    sharp = 2 * (math.pi * WIDTH * period) ** 2
    both = [
        np.exp(-sharp * ((across - sign * x) ** 2 + (down - sign * y) ** 2)) for sign in (1, -1)
    ]
    return (both[0] + both[1]).astype(np.float32)
