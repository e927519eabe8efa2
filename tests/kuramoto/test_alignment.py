"""Phase alignment of luminance: removes noise, keeps range and edges, and does what the published
form does not.
"""

import array_api_strict
import cv2
import numpy as np
import pytest
from skimage import data

from tasks.kuramoto.alignment import Alignment, steepness, to_luminance, to_phase
from tasks.kuramoto.coupling import pull
from tests.kuramoto.dense import pairwise_sum

ALIGN = Alignment(0.25, 0.08, 2.0, 2.0, 0.5, 3)
PICTURES = ("astronaut", "coffee", "chelsea")


def luminance(name: str) -> np.ndarray:
    picture = getattr(data, name)()
    side = min(picture.shape[:2])
    small = cv2.resize(picture[:side, :side], (256, 256), interpolation=cv2.INTER_AREA) / 255
    return small @ np.array([0.2126, 0.7152, 0.0722])


def psnr(found: np.ndarray, wanted: np.ndarray) -> float:
    inside = (slice(8, -8), slice(8, -8))
    return -10 * np.log10(np.mean((found[inside] - wanted[inside]) ** 2))


@pytest.mark.parametrize("name", PICTURES)
def test_three_iterations_remove_noise(name: str) -> None:
    clean = luminance(name)
    noise = 0.05 * np.random.default_rng(0).standard_normal(clean.shape)
    noisy = np.clip(clean + noise, 0, 1)
    assert psnr(ALIGN(noisy), clean) - psnr(noisy, clean) >= 3.5


def test_a_picture_between_two_is_not_mixed_from_the_wrong_side() -> None:
    picture = luminance("astronaut")
    first, wanted, second = (
        cv2.warpAffine(
            picture,
            np.float32([[1, 0, shift], [0, 1, shift / 2]]),
            (256, 256),
            flags=cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_REFLECT,
        )
        for shift in (-0.25, 0.0, 0.25)
    )
    one, other = 2 * np.pi * first, 2 * np.pi * second
    published = (one + 0.5 * np.angle(np.exp(1j * (other - one)))) / (2 * np.pi) % 1
    found = Alignment(0.25, 0.08, 2.0, 2.0, 0.5, 1).between(first, second, 0.5)
    assert psnr(found, wanted) >= 34
    assert psnr(found, wanted) - psnr(published, wanted) >= 10


def test_there_is_coupling_inside_the_picture() -> None:
    light = np.random.default_rng(1).random((12, 9))
    matrix = np.zeros((108, 108))
    for y, x in np.ndindex(12, 9):
        for v, u in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
            if 0 <= v < 12 and 0 <= u < 9:
                gap = light[y, x] - light[v, u]
                matrix[9 * y + x, 9 * v + u] = np.exp(-(gap**2) / (2 * 0.08**2))
    found = pull(ALIGN.coupling(light), to_phase(light))
    np.testing.assert_allclose(found, pairwise_sum(matrix, to_phase(light)), atol=1e-13)
    assert np.abs(found[1:-1, 1:-1]).min() > 0


def test_the_phase_is_read_back_and_without_iterations_nothing_changes() -> None:
    light = np.random.default_rng(2).random((8, 8))
    np.testing.assert_allclose(to_luminance(to_phase(light)), light, atol=1e-15)
    np.testing.assert_allclose(Alignment(0.2, 0.1, 0, 0, 0.5, 0)(light), light, atol=1e-15)


def test_a_step_stays_a_step_and_even_light_even() -> None:
    step = np.where(np.arange(20) < 10, 0.2, 0.8) * np.ones((20, 1))
    np.testing.assert_allclose(ALIGN(step), step, atol=1e-6)
    np.testing.assert_allclose(ALIGN(0 * step + 0.3), 0.3, atol=1e-12)


def test_what_moves_is_aligned_less_and_no_step_exceeds_the_clamp() -> None:
    light = 0.5 + 0.05 * np.random.default_rng(3).standard_normal((16, 16))
    still, moving = ALIGN(light), ALIGN(light, np.full((16, 16), 0.5))
    assert 0 < np.abs(moving - light).mean() < np.abs(still - light).mean()
    short = Alignment(0.25, 0.08, 0.0, 0.0, 1e-3, 1)(light)
    assert np.abs(to_phase(short) - to_phase(light)).max() <= 1e-3 + 1e-12


def test_steepness_is_the_gradient() -> None:
    y, x = np.mgrid[:6, :7].astype(float)
    np.testing.assert_allclose(steepness(0.3 * x + 0.4 * y)[1:-1, 1:-1], 0.5)


def test_it_uses_the_array_standard_alone() -> None:
    light = np.random.default_rng(4).random((2, 9, 8))
    strict = [array_api_strict.asarray(field) for field in light]
    found = np.asarray(ALIGN.between(strict[0], strict[1], 0.3))
    np.testing.assert_allclose(found, ALIGN.between(light[0], light[1], 0.3), atol=1e-12)
