import numpy as np
import pytest
import torch
from scipy import stats

from tasks.orientation.arms import recipe
from tasks.orientation.chains import prior
from tasks.orientation.circle import von_mises
from tasks.orientation.circle.phase import encode
from tasks.orientation.prints.drawing import Prints


@pytest.fixture(scope="module")
def pictures():
    draw = Prints(32, 5.5, 8.0)
    prints = np.stack([draw(np.random.default_rng(seed)) for seed in range(96)])
    return torch.from_numpy(prints)[:, None]


def ended(arm, pictures):
    start = encode(pictures, arm.reach)
    generator = torch.Generator().manual_seed(0)
    return prior.terminal_phases(arm.process, arm.schedule, start, generator)


def test_the_law_at_rest_is_von_mises():
    process = recipe.OURS.arm().process
    drawn = prior.at_rest(process).draw((100_000,), torch.Generator().manual_seed(0))
    found = stats.kstest(drawn.numpy(), lambda x: stats.vonmises(process.stationary()[0]).cdf(x))
    assert found.statistic < 0.006
    assert drawn.min() >= -np.pi
    assert drawn.max() < np.pi


def test_the_default_chain_ends_in_the_prior_and_the_papers_does_not(pictures):
    ours, paper = recipe.OURS.arm(), recipe.PAPER.arm()
    default, short = ended(ours, pictures), ended(paper, pictures)
    assert prior.distance(ours.process, default) <= 0.015
    assert prior.distance(paper.process, short) > 0.015


def test_the_simulated_prior_is_the_law_of_the_chains_ends(pictures):
    short = ended(recipe.PAPER.arm(), pictures)
    drawn = prior.simulated(short).draw((50_000,), torch.Generator().manual_seed(1))
    assert stats.ks_2samp(drawn.numpy(), short.ravel()).statistic < 0.01


def test_the_distance_is_that_of_kolmogorov_and_smirnov():
    process = recipe.OURS.arm().process
    phases = np.random.default_rng(0).uniform(-np.pi, np.pi, (4, 1, 8, 8))
    kappa, _ = process.stationary()
    expected = stats.kstest(phases.ravel(), lambda x: von_mises.distribution(x, kappa)).statistic
    assert prior.distance(process, phases) == pytest.approx(expected, abs=1e-12)
