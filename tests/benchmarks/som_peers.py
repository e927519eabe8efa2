"""The same training by this project and by others: samples, starting weights, side of the map and
epochs in, weights out.

The width of the neighbourhood goes from a quarter of the side to 1, by equal factors
("exponential") or equal steps ("linear"), as far as the other one lets itself be told. Slow ones
are timed on few samples, and the time is carried on in proportion; `rows` says on how many.
"""

import importlib
import os
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tasks.som.decays.decay import Exponential, Linear, schedule
from tasks.som.lattices.lattice import Rect
from tasks.som.neighbourhoods.neighbourhood import Gaussian
from tasks.som.samples import fixed_point
from tasks.som.search.best_matching_units import Way
from tasks.som.training import train

Fit = Callable[[np.ndarray, np.ndarray, int, int], np.ndarray]


@dataclass(frozen=True)
class Method:
    """One way to train; `decay` names ours that has the same widths ("own": none has)."""

    fit: Fit
    decay: str
    module: str = "numpy"
    rows: int | None = None
    repeats: bool = True

    def missing(self) -> bool:
        """Return whether the package is not installed."""
        try:
            importlib.import_module(self.module)
        except ImportError:
            return True
        return False


def widths(decay: str, side: int, epochs: int) -> tuple[float, ...]:
    """Return the widths of the epochs."""
    kind = Linear() if decay == "linear" else Exponential()
    return schedule(kind, side / 4, 1.0, epochs)


def ours(decay: str, *, exact: bool) -> Fit:
    """Return our training; the grid of exact sums is part of its time."""

    def fit(samples: np.ndarray, start: np.ndarray, side: int, epochs: int) -> np.ndarray:
        table = fixed_point.samples(samples) if exact else samples
        sigmas = widths(decay, side, epochs)
        way = Way(exact=exact, threads=int(os.environ.get("OMP_NUM_THREADS", "1")))
        lattice = Rect(side, side)
        *_, last = train(table, start, lattice, Gaussian(), sigmas, measured=False, **way)
        return last.weights

    return fit


def xpysom(samples: np.ndarray, start: np.ndarray, side: int, epochs: int) -> np.ndarray:
    """Return XPySom's weights (NumPy)."""
    from xpysom import XPySom

    som = XPySom(
        side,
        side,
        samples.shape[1],
        sigma=side / 4,
        sigmaN=1,
        learning_rate=1,
        learning_rateN=1,
        decay_function="linear",
        std_coeff=1,
    )
    som._weights = start.reshape(side, side, -1).astype(np.float32)
    som.train(samples, epochs)
    return np.asarray(som.get_weights()).reshape(side * side, -1)


def fastersom(samples: np.ndarray, start: np.ndarray, side: int, epochs: int) -> np.ndarray:
    """Return fastersom's weights; its width would reach the end after one more epoch."""
    from fastersom import SOM

    som = SOM(
        side,
        side,
        epochs,
        sigma_initial=side / 4,
        sigma_final=side / 4 * (4 / side) ** (epochs / (epochs - 1)),
        init=start.reshape(side, side, -1).astype(np.float32),
        device="cpu",
    )
    return np.asarray(som.fit(samples).weights_).reshape(side * side, -1)


def torchsom(samples: np.ndarray, start: np.ndarray, side: int, epochs: int) -> np.ndarray:
    """Return torchsom's weights, its own schedule, 1024 samples a step."""
    import torch
    from torchsom.core import SOM

    som = SOM(side, side, samples.shape[1], epochs, batch_size=1024, sigma=side / 4)
    som.weights.data = torch.from_numpy(start.reshape(side, side, -1).astype(np.float32))
    som.fit(torch.from_numpy(samples), verbose=False)
    return som.weights.numpy().reshape(side * side, -1)


def somoclu(samples: np.ndarray, start: np.ndarray, side: int, epochs: int) -> np.ndarray:
    """Return somoclu's weights (OpenMP)."""
    from somoclu import Somoclu

    codebook = np.ascontiguousarray(start.reshape(side, side, -1), dtype=np.float32)
    som = Somoclu(side, side, codebook, compactsupport=False, std_coeff=1.0)
    som.train(samples, epochs, radius0=side / 4, radiusN=1, scale0=1, scaleN=1)
    return np.array(som.codebook).reshape(side * side, -1)


def minisom_batch(samples: np.ndarray, start: np.ndarray, side: int, epochs: int) -> np.ndarray:
    """Return the weights of MiniSom's offline batch rule."""
    som = _minisom(samples, start, side, decay_function=lambda *_: 1.0)
    sigmas = widths("linear", side, epochs)
    som._sigma_decay_function = lambda _sigma, epoch, _epochs: sigmas[epoch]
    som.train_batch_offline(samples.astype(np.float64), epochs)
    return som._weights.reshape(side * side, -1)


def minisom_online(samples: np.ndarray, start: np.ndarray, side: int, epochs: int) -> np.ndarray:
    """Return the weights of MiniSom's online rule in random order, its own schedule."""
    som = _minisom(samples, start, side)
    som.train(samples.astype(np.float64), epochs * len(samples), random_order=True)
    return som._weights.reshape(side * side, -1)


def _minisom(samples: np.ndarray, start: np.ndarray, side: int, **options):
    from minisom import MiniSom

    rate = 1.0 if options else 0.5
    som = MiniSom(
        side, side, samples.shape[1], side / 4, random_seed=0, learning_rate=rate, **options
    )
    som._weights = start.reshape(side, side, -1).astype(np.float64)
    return som


METHODS = {
    "ours": Method(ours("exponential", exact=True), "exponential"),
    "ours, linear": Method(ours("linear", exact=True), "linear"),
    "ours, exact: false": Method(ours("exponential", exact=False), "exponential"),
    "fastersom": Method(fastersom, "exponential", "fastersom"),
    "XPySom": Method(xpysom, "linear", "xpysom"),
    "torchsom": Method(torchsom, "own", "torchsom", 20_000, repeats=False),
    "somoclu": Method(somoclu, "linear", "somoclu", 20_000, repeats=False),
    "MiniSom, batch": Method(minisom_batch, "linear", "minisom", 5_000, repeats=False),
    "MiniSom, online": Method(minisom_online, "own", "minisom", 5_000, repeats=False),
}
