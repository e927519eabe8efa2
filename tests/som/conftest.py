"""Data for maps."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from tasks.som.samples import fixed_point, standardisation


@pytest.fixture(scope="session")
def samples() -> np.ndarray:
    """Return 1797 standardised samples of nine features (digits, averaged over blocks), on the
    grid of exact sums.
    """
    images = load_digits().images
    table = images[:, 1:7, 1:7].reshape(-1, 3, 2, 3, 2).mean(axis=(2, 4)).reshape(-1, 9)
    values = table.astype(np.float32)
    return fixed_point.samples(standardisation.fit(values, np.ones(9)).apply(values))


@pytest.fixture(scope="session")
def start() -> np.ndarray:
    """Return weights of 12 x 9 nodes of nine features, without order."""
    return np.random.default_rng(7).normal(size=(108, 9))
