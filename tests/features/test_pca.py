import numpy as np
import pytest
from sklearn.decomposition import PCA

from tasks.features import light
from tasks.features.cells import Cells
from tasks.features.pca import Pca


@pytest.mark.parametrize(("side", "cell"), [(3, 8), (2, 6), (5, 11)])
def test_deviations_are_scikit_learns_within_each_window(
    crops: np.ndarray, side: int, cell: int
) -> None:
    found = Pca(weight=1.0, side=side, components=4)(crops[:3], Cells(cell, 4))
    before, around = (cell - 4) // 2 + (side - 1) // 2, cell + side - 1
    for luma, mine in zip(light.luma(crops[:3]), found, strict=True):
        padded = np.pad(luma.astype(np.float64), 16, mode="symmetric")
        for row, col in ((0, 0), (2, 3), (5, 9)):
            top, left = 16 + 4 * row - before, 16 + 4 * col - before
            window = padded[top : top + around, left : left + around]
            samples = [
                window[y : y + side, x : x + side].ravel()
                for y in range(cell)
                for x in range(cell)
            ]
            model = PCA(n_components=4).fit(np.array(samples))
            share = (len(samples) - 1) / len(samples)
            expected = np.sqrt(model.explained_variance_ * share)
            np.testing.assert_allclose(mine[row, col], expected, atol=1e-6)


def test_a_ramp_varies_in_one_way_only() -> None:
    ramp = np.broadcast_to(np.arange(0, 120, 5, dtype=np.uint8), (24, 24))
    picture = ramp[None, :, :, None].repeat(3, axis=-1)
    first, second = Pca(weight=1.0, side=3, components=2)(picture, Cells(8, 8))[0, 1, 1]
    assert first == pytest.approx(3 * 5 / 255 * np.std(np.arange(8)), rel=1e-5)
    assert second == pytest.approx(0, abs=1e-6)


def test_more_components_than_pixels_are_refused() -> None:
    with pytest.raises(ValueError, match="components is 10, more than the 9 pixels"):
        Pca(weight=1.0, side=3, components=10)
