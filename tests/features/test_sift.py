import cv2
import numpy as np
import pytest
from skimage import data

from tasks.features.cells import Cells
from tasks.features.sift import Sift


@pytest.fixture(scope="module")
def photograph() -> np.ndarray:
    return data.astronaut()[None, 40:136, 160:272]


def test_it_is_opencvs_descriptor_of_an_upright_keypoint_as_root_sift(
    photograph: np.ndarray,
) -> None:
    found = Sift(weight=1.0, width=24.0)(photograph, Cells(8, 8))[0]
    grey = np.rint(photograph[0] @ np.array([0.2126, 0.7152, 0.0722])).astype(np.uint8)
    for row, col in ((3, 4), (7, 7), (0, 0)):
        keypoint = cv2.KeyPoint(8 * col + 3.5, 8 * row + 3.5, 4.0, 0)
        keypoint.octave = 0
        _, described = cv2.SIFT.create().compute(grey, [keypoint])
        expected = np.sqrt(described[0] / np.abs(described[0]).sum())
        np.testing.assert_allclose(found[row, col], expected, atol=0.05)


def test_descriptors_have_length_1_where_something_changes(photograph: np.ndarray) -> None:
    length = np.linalg.norm(Sift(weight=1.0, width=16.0)(photograph, Cells(8, 4)), axis=-1)
    np.testing.assert_allclose(length, 1, atol=1e-5)


def test_descriptors_move_with_the_picture(photograph: np.ndarray) -> None:
    chosen = Sift(weight=1.0, width=16.0)
    whole = chosen(photograph, Cells(8, 8))[0]
    moved = chosen(np.roll(photograph, (8, 16), (1, 2)), Cells(8, 8))[0]
    np.testing.assert_allclose(moved[4:-4, 5:-4], whole[3:-5, 3:-6], atol=0.06)


def test_light_turned_up_changes_little(photograph: np.ndarray) -> None:
    chosen = Sift(weight=1.0, width=16.0)
    dim = (photograph // 2).astype(np.uint8)
    likeness = (chosen(photograph, Cells(8, 8)) * chosen(dim, Cells(8, 8))).sum(axis=-1)
    assert np.median(likeness) > 0.98
