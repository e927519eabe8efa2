"""Likeness of maps and of pictures."""

import numpy as np
import pytest
from skimage.data import astronaut, coffee

from tasks.features import light
from tasks.impressions.similarity import correlation, f1, low_pass_ssim, top_quartile


def maps(count: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).random((count, 6, 5))


def test_correlation_equals_numpys():
    one, other = maps(4, 0), maps(4, 1)
    expected = [np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in zip(one, other, strict=True)]
    np.testing.assert_allclose(correlation(one, other), expected, atol=1e-12)


def test_correlation_ignores_gain_and_offset():
    one = maps(3, 0)
    np.testing.assert_allclose(correlation(one, 0.2 + 0.5 * one), 1, atol=1e-12)
    np.testing.assert_allclose(correlation(one, 1 - one), -1, atol=1e-12)


def test_a_constant_map_correlates_only_with_a_constant_map():
    grey, other = np.full((1, 6, 5), 0.3), maps(1, 0)
    assert correlation(grey, other)[0] == 0
    assert correlation(other, grey)[0] == 0
    assert correlation(grey, grey + 0.4)[0] == 1


def test_f1_is_the_harmonic_mean_of_precision_and_recall():
    one, other = maps(5, 0) > 0.7, maps(5, 1) > 0.6
    for a, b, found in zip(one, other, f1(one, other), strict=True):
        precision, recall = (a & b).sum() / b.sum(), (a & b).sum() / a.sum()
        assert found == pytest.approx(2 / (1 / precision + 1 / recall))


def test_two_empty_sets_are_alike_and_an_empty_one_is_unlike_another():
    empty, some = np.zeros((1, 4, 4), bool), np.eye(4, dtype=bool)[None]
    assert f1(empty, empty)[0] == 1
    assert f1(empty, some)[0] == 0


def test_the_top_quartile_holds_a_quarter_of_distinct_values():
    value = np.random.default_rng(0).permutation(400).reshape(1, 20, 20) / 400
    assert top_quartile(value).sum() == 100
    assert value[top_quartile(value)].min() > value[~top_quartile(value)].max()


def test_the_top_quartile_of_a_constant_map_is_empty_and_holds_no_cell_at_the_minimum():
    assert not top_quartile(np.full((1, 4, 4), 0.5)).any()
    few = np.zeros((1, 4, 4))
    few[0, 0, 0] = 1
    assert top_quartile(few).sum() == 1


@pytest.fixture(scope="module")
def luma() -> np.ndarray:
    pictures = np.stack([astronaut()[:256:2, 100:356:2], coffee()[:256:2, 100:356:2]])
    return light.luma(pictures)


def test_ssim_of_a_picture_with_itself_is_one(luma):
    np.testing.assert_allclose(low_pass_ssim(luma, luma), 1, atol=1e-12)


def test_low_pass_ssim_forgives_noise_and_punishes_another_layout(luma):
    noise = np.random.default_rng(0).normal(0, 0.1, luma.shape)
    noisy, moved = low_pass_ssim(luma, luma + noise), low_pass_ssim(luma, luma[:, :, ::-1])
    assert (noisy > 0.95).all()
    assert (moved < noisy - 0.2).all()


def test_low_pass_ssim_hardly_depends_on_the_size_of_the_pictures():
    large = light.luma(astronaut()[None, :512, :512])
    other = np.roll(large, 24, axis=2)
    at_128, at_64 = (
        low_pass_ssim(large[:, ::step, ::step], other[:, ::step, ::step]) for step in (4, 8)
    )
    assert at_128 == pytest.approx(at_64, abs=0.03)
