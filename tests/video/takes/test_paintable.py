"""Any picture is cut to what can be painted."""

import numpy as np
import pytest

from tasks.core.errors import InputError
from tasks.video.takes.paintable import paintable


@pytest.mark.parametrize(
    ("height", "width", "wanted"),
    [(100, 100, (64, 64)), (300, 400, (64, 64)), (128, 260, (64, 128)), (500, 130, (224, 64))],
)
def test_pictures_are_cut_to_blocks_on_both_sides(height: int, width: int, wanted) -> None:
    picture = np.zeros((height, width, 3), np.uint8)
    assert paintable(picture, 128, stride=4, upscale=2, name="p").shape == (*wanted, 3)


def test_the_middle_is_kept_and_not_stretched() -> None:
    y, x = np.mgrid[:200, :330]
    disc = ((y - 99.5) ** 2 + (x - 164.5) ** 2 < 60**2) * np.uint8(255)
    found = paintable(np.repeat(disc[..., None], 3, -1), 96, stride=4, upscale=1, name="p") > 127
    rows, cols = (np.flatnonzero(found[..., 0].any(axis)) for axis in (1, 0))
    assert abs(len(rows) - len(cols)) <= 1
    assert abs(rows.mean() - (found.shape[0] - 1) / 2) <= 0.5
    assert abs(cols.mean() - (found.shape[1] - 1) / 2) <= 0.5


@pytest.mark.parametrize(("size", "said"), [(100, "a multiple of 64"), (0, "a multiple of 64")])
def test_sizes_that_cannot_be_painted_are_refused(size: int, said: str) -> None:
    with pytest.raises(InputError, match=said):
        paintable(np.zeros((64, 64, 3), np.uint8), size, stride=4, upscale=2, name="p")


def test_long_strips_are_refused() -> None:
    with pytest.raises(InputError, match=r"strip\.png: 500x100 is too long"):
        paintable(np.zeros((100, 500, 3), np.uint8), 64, stride=4, upscale=1, name="strip.png")
