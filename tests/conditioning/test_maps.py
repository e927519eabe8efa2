"""The conditioning map."""

import numpy as np
import pytest
import torch

from tasks.conditioning.maps import colours, condition
from tasks.core.errors import InputError


@pytest.mark.parametrize("channels", [1, 3, 5, 7, 11])
def test_a_map_reaches_the_size_of_the_picture(channels: int) -> None:
    maps = np.random.default_rng(0).random((2, channels, 4, 6), np.float32)
    wanted = condition(maps, (32, 48))
    assert wanted.shape == (2, channels, 32, 48)
    assert wanted.dtype == torch.float32
    assert wanted.min() >= 0
    assert wanted.max() <= 1


def test_four_channels_are_refused_with_the_reason() -> None:
    with pytest.raises(InputError, match=r"4 channels are refused.*latents") as refused:
        condition(np.zeros((1, 4, 2, 2), np.float32), (8, 8))
    assert "\n" not in str(refused.value)


def test_between_the_centres_of_cells_a_map_is_linear() -> None:
    row = np.arange(4, dtype=np.float32)[None, None, None] / 4
    wanted = condition(np.repeat(row, 4, axis=2), (16, 16))[0, 0, 5].numpy()
    centres = (np.arange(16) + 0.5) / 4 - 0.5
    np.testing.assert_allclose(wanted, np.clip(centres, 0, 3) / 4, atol=1e-6)


def test_a_constant_map_stays_constant() -> None:
    assert (condition(np.full((1, 3, 2, 2), 0.3, np.float32), (8, 8)) == np.float32(0.3)).all()


def test_a_value_that_is_not_finite_is_named() -> None:
    maps = np.zeros((3, 7, 2, 2), np.float32)
    maps[2, 5, 1, 1] = np.nan
    with pytest.raises(ValueError, match="picture 2, channel 5 holds nan"):
        condition(maps, (8, 8))


def test_colours_are_the_first_three_channels() -> None:
    maps = np.zeros((1, 7, 2, 2), np.float32)
    maps[:, 0], maps[:, 1], maps[:, 2], maps[:, 3] = 1.0, 0.5, 0.25, 0.9
    assert np.unique(colours(maps, (8, 8)).reshape(-1, 3), axis=0).tolist() == [[255, 128, 64]]
