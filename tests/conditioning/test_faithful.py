"""Mode `faithful`, with the embedded model: a random one has no latents to walk to."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from skimage import data

from tasks.artifacts.impressions import CHANNELS
from tasks.base import weights
from tasks.conditioning import model
from tasks.conditioning.registry import mode
from tasks.conditioning.request import Request
from tasks.impressions.readable import Readable
from tasks.pictures.cutting import central_square

READ = Readable(CHANNELS, cell=8, stride=4, full_scale=0.12)
SIDE = 64
STEPS = {"steps": 8, "rate": 0.06, "edges": 0.5}


def shown(pictures: np.ndarray) -> torch.Tensor:
    return READ(torch.from_numpy(pictures).permute(0, 3, 1, 2) / 255)


@pytest.fixture(scope="module")
def base() -> model.DiffusionModel:
    return model.load_source(str(weights.FOLDER))


@pytest.fixture(scope="module")
def asked() -> Request:
    pictures = np.stack([central_square(each, SIDE) for each in (data.astronaut(), data.coffee())])
    maps = np.zeros((2, len(CHANNELS), SIDE // 4, SIDE // 4), np.float32)
    maps[:, READ.places] = shown(pictures).numpy()
    return Request(
        captions=["a misty sea", "a house"],
        names=[1, 2],
        seed=0,
        size=(SIDE, SIDE),
        steps=4,
        guidance_scale=1.0,
        maps=maps,
        readable=READ,
        pictures=pictures,
    )


@pytest.mark.parametrize("painted", [{"name": "none"}, {"name": "img2img", "strength": 0.4}])
def test_pictures_show_more_of_their_map(base, asked, painted) -> None:
    goal = torch.from_numpy(asked.maps[:, READ.places])
    before = mode(painted, what="mode")(base, asked)
    after = mode({"name": "faithful", "painted": painted, **STEPS}, what="mode")(base, asked)
    near, far = ((shown(each) - goal).square().sum((2, 3)) for each in (after, before))
    assert (near < far).all()
    assert (near.sum(1) < 0.8 * far.sum(1)).all()


def test_a_picture_alone_walks_as_it_does_in_a_batch(base, asked) -> None:
    choice = {"name": "faithful", "painted": {"name": "ceiling"}, **STEPS}
    together = mode(choice, what="mode")(base, asked)
    one = replace(asked, maps=asked.maps[1:], pictures=asked.pictures[1:])
    np.testing.assert_array_equal(mode(choice, what="mode")(base, one), together[1:])


def test_maps_of_another_grid_are_brought_to_that_of_the_cells(base, asked) -> None:
    choice = {"name": "faithful", "painted": {"name": "ceiling"}, **STEPS}
    twice = np.repeat(np.repeat(asked.maps, 2, axis=2), 2, axis=3)
    wanted = mode(choice, what="mode")(base, asked).astype(int)
    found = mode(choice, what="mode")(base, replace(asked, maps=twice))
    assert np.abs(found - wanted).mean() < 2
