import pytest
import torch

from tasks.orientation.chains import prior
from tasks.orientation.chains.alone import Alone
from tasks.orientation.chains.angle_blur import AngleBlur
from tasks.orientation.chains.everywhere import Everywhere
from tasks.orientation.chains.nearby import Nearby
from tasks.orientation.chains.process import PhaseProcess, step

COUPLINGS = [Everywhere(), Nearby(2, "periodic"), Nearby(2, "open"), Alone()]


@pytest.mark.parametrize("coupling", COUPLINGS, ids=str)
def test_the_pullback_is_that_of_autograd(coupling):
    process = PhaseProcess(0.7, 1.3, coupling)
    generator = torch.Generator().manual_seed(0)
    state = 3 * torch.randn((2, 3, 8, 8), generator=generator, dtype=torch.float64)
    weights = torch.randn(state.shape, generator=generator, dtype=torch.float64)
    expected = torch.autograd.functional.vjp(process.drift, state, weights)[1]
    assert (process.pullback(state, weights) - expected).abs().max() < 1e-12


@pytest.mark.parametrize("coupling", COUPLINGS, ids=str)
def test_taking_the_coupling_out_leaves_the_law_at_rest(coupling):
    process = PhaseProcess(0.3, 1.5, coupling)
    alone = process.uncoupled()
    assert alone.coupling == Alone()
    assert alone.stationary() == pytest.approx(process.stationary(), abs=1e-9)


def test_the_released_local_drift_explains_the_released_concentration():
    assert PhaseProcess(0.3, 1.0, AngleBlur(5)).stationary()[0] == pytest.approx(1.2)


@pytest.mark.parametrize(
    ("coupling", "pull", "near"),
    [(Everywhere(), 1.5, 0.015), (Alone(), 2.0, 0.015), (Nearby(5, "periodic"), 1.0, 0.03)],
    ids=str,
)
def test_phases_at_rest_stay_there(coupling, pull, near):
    process = PhaseProcess(0.3, pull, coupling)
    generator = torch.Generator().manual_seed(3)
    state = prior.at_rest(process).draw((64, 1, 32, 32), generator)
    resultant = process.stationary()[1]
    assert float(torch.cos(state).mean()) == pytest.approx(resultant, abs=0.006)
    for _ in range(150):
        noise = torch.randn(state.shape, generator=generator)
        state = step(process, state, 0.1, noise)
    lengths = torch.hypot(torch.cos(state).mean((1, 2, 3)), torch.sin(state).mean((1, 2, 3)))
    assert float(lengths.mean()) == pytest.approx(resultant, abs=near)
