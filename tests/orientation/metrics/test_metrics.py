"""Each metric against a case that is known, or another library."""

import math

import numpy as np
import pytest
from scipy import stats

from tasks.orientation.metrics import comparison
from tasks.orientation.metrics.alignment import Alignment
from tasks.orientation.metrics.coherence import Coherence
from tasks.orientation.metrics.comparison import METRICS, distance
from tasks.orientation.metrics.histogram import Bins
from tasks.orientation.metrics.intensity import Intensity
from tasks.orientation.metrics.patches import Patches
from tasks.orientation.metrics.spectrum import Spectrum
from tasks.orientation.metrics.tensor import orientation


def noise(count=24, size=32, seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (count, size, size), dtype=np.uint8)


def waves(angles, size=32, period=6.0, contrast=100.0):
    """Return stripes whose normal has the angle, in rad from x towards the rows downwards."""
    y, x = np.mgrid[:size, :size]
    rows = [
        127.5 + contrast * np.cos(2 * np.pi / period * (x * np.cos(a) + y * np.sin(a)))
        for a in angles
    ]
    return np.rint(np.stack(rows)).astype(np.uint8)


def labyrinth(count=24, size=32, period=6.0, seed=0):
    """Return noise of one wavelength, in all directions at once."""
    rng = np.random.default_rng(seed)
    radius = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.fftfreq(size))
    band = np.exp(-(((radius - 1 / period) / 0.02) ** 2))
    fields = np.fft.ifft2(np.fft.fft2(rng.standard_normal((count, size, size))) * band).real
    return np.clip(127.5 + 100 * np.sign(fields), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("name", METRICS)
def test_descriptions_do_not_depend_on_the_company(name):
    pictures = np.concatenate([noise(3), waves([0.1, 1.0])])
    whole = METRICS[name].describe(pictures)
    single = np.concatenate([METRICS[name].describe(one[None]) for one in pictures])
    np.testing.assert_allclose(whole, single, rtol=1e-9, atol=1e-12)
    assert np.isfinite(whole).all()


@pytest.mark.parametrize("name", METRICS)
def test_a_set_has_no_distance_to_itself_and_distances_are_symmetric(name):
    metric = METRICS[name]
    here, there = metric.describe(labyrinth()), metric.describe(waves(np.linspace(0, 3, 24)))
    assert distance(metric, here, here[::-1]) == pytest.approx(0, abs=1e-9)
    assert distance(metric, here, there) == pytest.approx(distance(metric, there, here))
    assert distance(metric, here, there) > 0


@pytest.mark.parametrize("name", METRICS)
def test_a_constant_picture_gives_numbers(name):
    flat = np.full((4, 32, 32), 90, np.uint8)
    metric = METRICS[name]
    found = distance(metric, metric.describe(flat), metric.describe(noise(4)))
    assert math.isfinite(found)


def test_binned_distances_are_those_of_scipy():
    rng = np.random.default_rng(0)
    here, there = rng.normal(0, 1, (3, 500)), rng.normal(0.3, 1.4, (3, 700))
    bins = Bins(-8, 8, 512)
    found = bins.wasserstein(bins.shares(here), bins.shares(there))
    for row in range(3):
        expected = stats.wasserstein_distance(here[row], there[row])
        assert found[row] == pytest.approx(expected, abs=bins.width / 2)


def test_patches_of_flat_pictures_are_apart_by_their_difference():
    metric = Patches(side=5, stride=3, directions=32, seed=1)
    dark, bright = (metric.describe(np.full((2, 16, 16), v, np.uint8)) for v in (64, 192))
    expected = 2 / 255 * 128 * np.abs(metric.basis.sum(0)).mean()
    assert distance(metric, dark, bright) == pytest.approx(expected, abs=metric.bins.width / 2)


def test_patches_see_what_intensities_cannot():
    stripes = waves(np.linspace(0, 3, 24))
    rng = np.random.default_rng(0)
    shuffled = rng.permuted(stripes.reshape(24, -1), axis=1).reshape(stripes.shape)
    apart = {
        name: distance(metric, metric.describe(stripes), metric.describe(shuffled))
        for name, metric in METRICS.items()
    }
    assert apart["intensity"] == pytest.approx(0, abs=1e-12)
    assert apart["patches"] > 0.05
    assert apart["spectrum"] > 0.5
    assert apart["coherence"] > 0.3


def test_intensities_are_compared_as_scipy_does():
    here, there = noise(2), noise(2) // 2 + 20
    found = distance(Intensity(), Intensity().describe(here), Intensity().describe(there))
    expected = stats.wasserstein_distance(here.ravel(), there.ravel()) * 2 / 255
    assert found == pytest.approx(expected, rel=0.01)


def test_half_the_contrast_is_log_four_in_every_power():
    values = noise(8) // 2 * 2
    metric = Spectrum()
    found = distance(metric, metric.describe(values), metric.describe(values // 2))
    assert found == pytest.approx(math.log(4), rel=1e-6)


def test_white_noise_has_a_flat_spectrum_at_its_variance():
    found = Spectrum().describe(noise(200)).mean(0)
    assert found[2:] == pytest.approx(np.full(14, 4 / 255**2 * (256**2 - 1) / 12), rel=0.05)


@pytest.mark.parametrize("angle", [0.0, 0.5, 1.2, 2.0, 3.0])
def test_the_tensor_finds_the_angle_of_a_wave(angle):
    inner = orientation(waves([angle]))[0, 8:-8, 8:-8]
    turned = inner * np.exp(-2j * angle)
    assert np.abs(np.angle(turned)).max() < 0.12
    assert np.abs(inner).min() > 0.9


def test_specks_lower_the_coherence_and_a_median_brings_it_back():
    stripes = waves(np.linspace(0, 3, 24), period=8.0)
    specked = np.where(
        np.random.default_rng(0).random(stripes.shape) < 0.03, 255 - stripes, stripes
    )
    raw, filtered = Coherence(median=False), Coherence(median=True)
    apart = [distance(m, m.describe(stripes), m.describe(specked)) for m in (raw, filtered)]
    assert apart[0] > 0.04
    assert apart[1] < apart[0] / 3


def test_coherence_is_one_for_stripes_and_low_for_noise():
    levels = (np.arange(256) + 0.5) / 256
    means = [Coherence(median=False).describe(p).mean(0) @ levels for p in (waves([1.0]), noise())]
    assert means[0] > 0.95
    assert means[1] < 0.4


def test_alignment_falls_faster_in_a_labyrinth_than_along_stripes():
    metric = Alignment(lags=(2, 4, 8, 12))
    stripes = metric.curve(metric.describe(waves(np.linspace(0, 3.1, 24))).mean(0))
    maze = metric.curve(metric.describe(labyrinth()).mean(0))
    assert stripes[:4].min() > 0.9
    assert (np.diff(maze[:4]) < 0).all()
    assert maze[3] < 0.4


def test_alignment_knows_a_preferred_direction():
    metric = Alignment(lags=(4,))
    across = metric.curve(metric.describe(waves([0.0] * 4)).mean(0))
    along = metric.curve(metric.describe(waves([math.pi / 2] * 4)).mean(0))
    assert across[1] > 0.9
    assert along[1] < -0.9
    assert abs(across[2]) < 0.1


def test_the_floor_falls_with_the_size_and_models_stand_above_it():
    metric = METRICS["patches"]
    real = metric.describe(labyrinth(160, seed=1))
    rng = np.random.default_rng(0)
    small, large = (comparison.floor(metric, real, size, 6, rng).mean() for size in (8, 80))
    assert small > 1.5 * large
    wrong = metric.describe(waves(np.linspace(0, 3, 80)))
    assert distance(metric, wrong, real) > 3 * large
    with pytest.raises(ValueError, match="size is 160"):
        comparison.floor(metric, real, 160, 1, rng)


def test_the_interval_covers_the_distance_and_shrinks_with_more_pictures():
    metric = METRICS["intensity"]
    widths = []
    for count in (20, 320):
        rng = np.random.default_rng(3)
        real = metric.describe(rng.normal(120, 30, (count, 8, 8)).clip(0, 255).astype(np.uint8))
        bright = metric.describe(rng.normal(150, 30, (count, 8, 8)).clip(0, 255).astype(np.uint8))
        low, high = comparison.interval(metric, bright, real, 200, rng)
        assert low < distance(metric, bright, real) < high
        assert low < 30 * 2 / 255 < high
        widths.append(high - low)
    assert widths[1] < widths[0] / 2
