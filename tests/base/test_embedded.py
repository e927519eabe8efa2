"""The embedded model itself: that it does what it is for."""

import numpy as np
import pytest
from skimage import data

from tasks.base import curves, weights
from tasks.base.autoencoder import peak_signal_to_noise
from tasks.conditioning import model
from tasks.conditioning.model import DiffusionModel


@pytest.fixture(scope="module")
def embedded() -> DiffusionModel:
    return model.load_source(str(weights.FOLDER))


def test_a_photograph_that_it_never_saw_comes_through_the_autoencoder(embedded):
    picture = data.chelsea()[None, 80:208, 150:278]
    decoded = embedded.decode(embedded.encode(picture))
    assert peak_signal_to_noise(decoded, picture)[0] > 25


def test_latents_of_scenes_have_unit_spread(embedded):
    from tasks.pictures.scenes import draw

    pictures = np.stack([draw(seed, 128)[0] for seed in range(8)])
    latents = embedded.encode(pictures)
    assert 0.7 < float(latents.std()) < 1.3
    assert abs(float(latents.mean())) < 0.2


def test_captions_choose_the_palette(embedded):
    painted = curves.painted(
        embedded,
        [
            "a night landscape with stars, hills, lake",
            "a winter landscape with hills, snow",
            "a photo of galaxies",
            "a summer landscape with clouds, flat, meadow",
        ],
    )
    night, winter, galaxies, summer = painted.astype(float).mean((1, 2))
    assert winter.mean() > night.mean() + 80
    assert galaxies.mean() < 40
    assert night[2] > night[0]
    assert summer[1] > summer[0]


def test_a_meadow_lies_below_the_sky(embedded):
    (picture,) = curves.painted(embedded, ["a summer landscape with clouds, flat, meadow"])
    above, below = picture[:40].astype(float), picture[-40:].astype(float)
    assert (above[..., 2] - above[..., 1]).mean() > 10
    assert (below[..., 1] - below[..., 2]).mean() > 10
