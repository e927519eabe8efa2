import numpy as np
from skimage import color, data, segmentation

from tasks.features.cells import Cells
from tasks.features.slic import Slic, painted


def test_it_shows_the_mean_colour_of_scikit_images_superpixels() -> None:
    picture = data.astronaut()[40:104, 160:240]
    regions = segmentation.slic(picture, n_segments=20, compactness=10.0, start_label=0)
    expected = color.label2rgb(regions, color.rgb2lab(picture), kind="avg", bg_label=-1)
    found = Slic(weight=1.0, size=16, compactness=10.0)(picture[None], Cells(1, 1))[0]
    np.testing.assert_allclose(found, expected, atol=5e-3)


def test_two_flat_halves_do_not_mix() -> None:
    halves = np.full((1, 32, 32, 3), 220, np.uint8)
    halves[:, :, 13:] = (20, 40, 200)
    found = Slic(weight=1.0, size=8, compactness=1.0)(halves, Cells(8, 4))[0]
    np.testing.assert_allclose(found[:, :2], np.broadcast_to(found[0, 0], (8, 2, 3)), atol=1e-3)
    np.testing.assert_allclose(found[:, 4:], np.broadcast_to(found[0, 7], (8, 4, 3)), atol=1e-3)


def test_regions_are_painted_with_their_own_mean() -> None:
    regions = np.array([[0, 0, 2], [2, 2, 2]])
    colours = np.arange(18, dtype=np.float32).reshape(2, 3, 3)
    found = painted(colours, regions)
    for region in (0, 2):
        np.testing.assert_allclose(
            found[regions == region],
            [colours[regions == region].mean(axis=0)] * (regions == region).sum(),
        )
