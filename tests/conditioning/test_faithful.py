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
STEPS = {"steps": 8, "keep": 0.03, "edges": 0.5}


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


def test_a_picture_that_shows_its_map_stays(base, asked) -> None:
    ceiling = mode({"name": "ceiling"}, what="mode")(base, asked)
    again = mode({"name": "ceiling"}, what="mode")(base, replace(asked, pictures=ceiling))
    maps = np.zeros_like(asked.maps)
    maps[:, READ.places] = shown(again).numpy()
    given = replace(asked, pictures=ceiling, maps=maps)
    found = mode({"name": "faithful", "painted": {"name": "ceiling"}, **STEPS}, what="mode")
    assert np.abs(found(base, given).astype(int) - again).mean() < 3


def test_what_is_kept_is_left_less(base, asked) -> None:
    painted = mode({"name": "none"}, what="mode")(base, asked)
    start = base.decode(base.encode(painted)).astype(int)
    choice = {"name": "faithful", "painted": {"name": "none"}, **STEPS}
    left = [
        np.abs(mode({**choice, "keep": keep}, what="mode")(base, asked) - start).mean()
        for keep in (0.0, 0.3, 10.0)
    ]
    assert left == sorted(left, reverse=True)
    assert left[2] < 0.5 * left[0]


def test_maps_that_are_not_finite_are_refused(base, asked) -> None:
    choice = {"name": "faithful", "painted": {"name": "none"}, **STEPS}
    maps = asked.maps.copy()
    maps[0, 3, 1, 2] = np.nan
    with pytest.raises(ValueError, match="picture 0, channel 3 holds nan"):
        mode(choice, what="mode")(base, replace(asked, maps=maps))
