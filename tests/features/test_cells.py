import numpy as np
import pytest

from tasks.features.cells import Cells


@pytest.mark.parametrize(
    ("cell", "stride"), [(8, 8), (8, 4), (7, 4), (5, 2), (1, 1), (9, 8), (24, 4)]
)
def test_pooling_equals_the_mean_over_each_window_of_the_reflected_map(
    cell: int, stride: int
) -> None:
    maps = np.random.default_rng(0).normal(size=(2, 16, 24))
    height, width = maps.shape[1:]

    def reflected(place: int, length: int) -> int:
        place %= 2 * length
        return place if place < length else 2 * length - 1 - place

    pooled = Cells(cell, stride).pool(maps)
    assert pooled.shape == (2, height // stride, width // stride)
    before = (cell - stride) // 2
    for i, j in np.ndindex(pooled.shape[1:]):
        rows = [reflected(i * stride - before + u, height) for u in range(cell)]
        cols = [reflected(j * stride - before + v, width) for v in range(cell)]
        np.testing.assert_allclose(
            pooled[:, i, j], maps[:, rows][:, :, cols].mean(axis=(1, 2)), rtol=1e-12, atol=1e-14
        )


def test_windows_as_wide_as_the_stride_are_block_means() -> None:
    maps = np.arange(2 * 8 * 12, dtype=np.float64).reshape(2, 8, 12)
    np.testing.assert_array_equal(
        Cells(4, 4).pool(maps), maps.reshape(2, 2, 4, 3, 4).mean(axis=(2, 4))
    )


def test_a_constant_map_stays_constant_up_to_the_border() -> None:
    np.testing.assert_array_equal(
        Cells(8, 4).pool(np.full((1, 16, 16), 3.0)), np.full((1, 4, 4), 3.0)
    )


def test_windows_that_leave_pixels_out_are_refused() -> None:
    with pytest.raises(ValueError, match="cell is 3, less than the stride of 4"):
        Cells(3, 4)


@pytest.mark.parametrize("size", [(16, 18), (0, 16)])
def test_a_stride_that_does_not_divide_the_picture_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(
        ValueError, match=f"stride is 4; it must divide the picture's {size[0]} x {size[1]} pixels"
    ):
        Cells(4, 4).grid(*size)


def test_a_stride_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="stride is 0"):
        Cells(1, 0)
