"""One phase on the circle, solved by Fourier series: the oracle of chains, targets and samplers.

With cₙ = E exp(−inθ) and the drift −a sin θ, Euler's step of length Δ is exactly
cₙ ← exp(−n² Δ/2) Σₘ Jₘ(n Δ a) cₙ₋ₘ (Jacobi and Anger), and the process itself is
dcₙ/dτ = −(n²/2) cₙ + (n a/2)(cₙ₋₁ − cₙ₊₁).
"""

import numpy as np
from scipy.linalg import expm
from scipy.special import jv

MODES = 64
N = np.arange(-MODES, MODES + 1)
GRID = np.linspace(-np.pi, np.pi, 2049)
WAVES = np.exp(1j * np.outer(GRID, N))


def of_points(angles, weights=None):
    """Return the modes of a law on points."""
    weights = np.full(len(angles), 1 / len(angles)) if weights is None else weights
    return np.exp(-1j * N[:, None] * angles) @ weights


def of_clusters(middles, deviation):
    """Return the modes of equal wrapped Gaussians."""
    return of_points(np.asarray(middles)) * np.exp(-(N**2) * deviation**2 / 2)


def euler(modes, pull, lengths):
    """Return the modes after Euler's steps of these lengths."""
    for length in lengths:
        total = np.zeros_like(modes)
        for m in range(-14, 15):
            shifted = np.zeros_like(modes)
            if m >= 0:
                shifted[m:] = modes[: len(modes) - m]
            else:
                shifted[:m] = modes[-m:]
            total += jv(m, N * length * pull) * shifted
        modes = np.exp(-(N**2) * length / 2) * total
    return modes


def flowed(modes, pull, tau):
    """Return the modes after a time of the process itself."""
    generator = np.diag(-(N**2) / 2.0)
    generator += np.diag(N[1:] * pull / 2, -1) - np.diag(N[:-1] * pull / 2, 1)
    return expm(tau * generator) @ modes


def density(modes):
    """Return the density on the grid."""
    return (WAVES @ modes).real / (2 * np.pi)


def score(modes):
    """Return the score on the grid."""
    return (WAVES @ (1j * N * modes)).real / (WAVES @ modes).real


def distribution(modes):
    """Return the distribution function on the grid, from −π on."""
    heights = density(modes)
    steps = (heights[1:] + heights[:-1]) / 2 * np.diff(GRID)
    reached = np.concatenate([[0], np.cumsum(steps)])
    return reached / reached[-1]


def quantiles(modes, count):
    """Return `count` angles that share the law evenly."""
    return np.interp((np.arange(count) + 0.5) / count, distribution(modes), GRID)


def distance(samples, modes):
    """Return the Wasserstein distance on the circle, in rad."""
    found = np.searchsorted(np.sort(samples), GRID) / len(samples) - distribution(modes)
    return float(np.abs(found - np.median(found)).mean() * 2 * np.pi)
