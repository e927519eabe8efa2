import numpy as np
import scipy.linalg

from tasks.base.distance import features, frechet


def random_pictures(count: int, seed: int, low: int = 0) -> np.ndarray:
    generator = np.random.default_rng(seed)
    return generator.integers(low, 256, (count, 16, 16, 3), dtype=np.uint8)


def test_it_equals_the_formula_with_the_matrix_root():
    first, second = random_pictures(400, 0), random_pictures(300, 1, low=60)
    a, b = features(first), features(second)
    product = scipy.linalg.sqrtm(np.cov(a.T) @ np.cov(b.T)).real
    expected = ((a.mean(0) - b.mean(0)) ** 2).sum()
    expected += np.trace(np.cov(a.T)) + np.trace(np.cov(b.T)) - 2 * np.trace(product)
    np.testing.assert_allclose(frechet(first, second), expected, rtol=1e-4)


def test_a_set_is_at_no_distance_from_itself():
    pictures = random_pictures(20, 2)
    assert abs(frechet(pictures, pictures)) < 1e-10


def test_it_is_symmetric_and_does_not_depend_on_the_order():
    first, second = random_pictures(12, 3), random_pictures(9, 4, low=90)
    np.testing.assert_allclose(frechet(first, second), frechet(second, first[::-1]))


def test_brighter_pictures_are_farther_away():
    dark = random_pictures(30, 5) // 4
    near, far = dark + np.uint8(20), dark + np.uint8(120)
    assert frechet(dark, near) < frechet(dark, far)


def test_features_see_gradients_and_colours():
    flat = np.full((1, 16, 16, 3), 100, np.uint8)
    striped = flat.copy()
    striped[:, :, ::2] += 50
    assert features(flat).reshape(64, 4)[:, 3].max() == 0
    assert features(striped).reshape(64, 4)[:, 3].min() >= 0
    assert features(striped).shape == (1, 256)
