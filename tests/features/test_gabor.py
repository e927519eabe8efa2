import numpy as np
import pytest
from skimage.filters import gabor_kernel

from tasks.features.cells import Cells
from tasks.features.gabor import Gabor, answer, kernels


def grating(length: float, angle: float, phase: float = 0.0) -> np.ndarray:
    y, x = np.mgrid[0:64, 0:64]
    wave = np.sin(2 * np.pi * (x * np.cos(angle) + y * np.sin(angle)) / length + phase)
    return np.rint(127.5 + 100 * wave).astype(np.uint8)[None, :, :, None].repeat(3, axis=-1)


@pytest.mark.parametrize("angle", [0.0, 0.6, np.pi / 2, 2.4])
def test_kernels_are_scikit_images_but_for_mean_and_scale(angle: float) -> None:
    theirs = gabor_kernel(1 / 6, theta=angle, bandwidth=1, n_stds=3)
    rows, cols = theirs.shape
    even, odd = kernels(6.0, angle)
    middle = len(odd) // 2

    def inner(kernel: np.ndarray) -> np.ndarray:
        return kernel[
            middle - rows // 2 : middle + rows // 2 + 1,
            middle - cols // 2 : middle + cols // 2 + 1,
        ].ravel()

    likeness = np.corrcoef(inner(odd), theirs.imag.ravel())[0, 1]
    assert abs(likeness) == pytest.approx(1, abs=1e-6)
    assert np.corrcoef(inner(even), theirs.real.ravel())[0, 1] == pytest.approx(1, abs=1e-6)


def test_a_grating_answers_loudest_to_its_own_length_and_direction() -> None:
    chosen = Gabor(weight=1.0, wavelengths=(4.0, 8.0, 16.0), orientations=4)
    names = [channel.name for channel in chosen.channels]
    for length in (4, 8, 16):
        for index in range(4):
            found = chosen(grating(length, index * np.pi / 4), Cells(16, 16))[0, 1:-1, 1:-1]
            assert names[found.mean(axis=(0, 1)).argmax()] == f"gabor_{length}_{index}"


def test_neither_phase_nor_polarity_counts() -> None:
    chosen = Gabor(weight=1.0, wavelengths=(8.0,), orientations=4)
    answers = [
        chosen(grating(8, 0.0, phase), Cells(16, 16))[0, 1:-1, 1:-1] for phase in (0, 1, 2, np.pi)
    ]
    for other in answers[1:]:
        np.testing.assert_allclose(other, answers[0], atol=0.005)


def test_no_luma_exceeds_the_range() -> None:
    """The loudest answer of each kernel is to its own sign."""
    for kernel in kernels(8.0, 0.3):
        loudest = np.ascontiguousarray((kernel > 0).astype(np.float32))
        middle = len(kernel) // 2
        assert answer(loudest, kernel)[middle, middle] == pytest.approx(0.5, abs=1e-5)


def test_equal_wavelengths_are_refused() -> None:
    with pytest.raises(ValueError, match="they must differ"):
        Gabor(weight=1.0, wavelengths=(4.0, 4.0), orientations=2)
