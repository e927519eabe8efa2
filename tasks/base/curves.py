"""Curves of a training: the mean loss on the way, and how far its pictures are from real ones."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from jaxtyping import UInt8

from tasks.base.autoencoder import peak_signal_to_noise
from tasks.base.distance import frechet
from tasks.conditioning.model import DiffusionModel
from tasks.conditioning.request import Request, paint

FILE = "training.json"
BINS = 100
STEPS, GUIDANCE, BATCH = 8, 1.5, 16


def binned(losses: Sequence[float]) -> list[dict[str, float]]:
    """Return at most 100 points (last step, mean loss) that cover the training evenly.

    >>> binned([3.0, 1.0])
    [{'step': 1, 'loss': 3.0}, {'step': 2, 'loss': 1.0}]
    """
    edges = np.unique(np.linspace(0, len(losses), min(BINS, len(losses)) + 1).round().astype(int))
    return [
        {"step": int(end), "loss": float(np.mean(losses[start:end]))}
        for start, end in pairwise(edges)
    ]


def painted(
    model: DiffusionModel, captions: Sequence[str], seed: int = 0
) -> UInt8[np.ndarray, "picture y x 3"]:
    """Return one picture per caption, under the model's own scheduler, none picked."""
    size = (model.sample_size, model.sample_size)
    parts = []
    for start in range(0, len(captions), BATCH):
        some = list(captions[start : start + BATCH])
        names = list(range(start, start + len(some)))
        request = Request(some, names, seed, size, steps=STEPS, guidance_scale=GUIDANCE)
        parts.append(paint(model, request))
    return np.concatenate(parts)


def distance(
    model: DiffusionModel, captions: Sequence[str], pictures: UInt8[np.ndarray, "picture y x 3"]
) -> float | None:
    """Return the distance of what `model` paints under `captions` to `pictures`, where there are
    enough to compare.
    """
    return frechet(painted(model, captions), pictures) if len(pictures) > 1 else None


def round_trip(
    model: DiffusionModel, pictures: UInt8[np.ndarray, "picture y x 3"]
) -> float | None:
    """Return the mean signal-to-noise ratio, in dB, of pictures through the autoencoder, where
    there are any.
    """
    if not len(pictures):
        return None
    return float(peak_signal_to_noise(model.decode(model.encode(pictures)), pictures).mean())
