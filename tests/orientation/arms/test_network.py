import math

import pytest
import torch
from torch import nn

from tasks.orientation.arms.network import LineNetwork, PhaseNetwork, Score
from tasks.orientation.arms.size import Size
from tasks.orientation.chains.everywhere import Everywhere
from tasks.orientation.chains.process import PhaseProcess

SMALL = Size((16, 32), blocks=1, attending=(1,), fold=2, groups=8, half=False)
PROCESS = PhaseProcess(0.3, 1.5, Everywhere())
TAU = torch.tensor([1e-4, 3.0])


def phases(seed=0):
    generator = torch.Generator().manual_seed(seed)
    return math.pi * (2 * torch.rand((2, 3, 16, 16), generator=generator) - 1)


def awake(network):
    """Return the network with a last layer that is not zero."""
    torch.manual_seed(0)
    nn.init.normal_(network.body.unet.conv_out.weight, std=0.1)
    return network.eval()


@pytest.mark.parametrize("turns", [1, -1, 2])
def test_the_network_cannot_see_whole_turns(turns):
    network = awake(PhaseNetwork(SMALL, 3))
    with torch.no_grad():
        here, there = network(phases(), TAU), network(phases() + 2 * math.pi * turns, TAU)
    assert here.abs().max() > 0.01
    assert (here - there).abs().max() < 1e-5


def test_an_untrained_network_gives_the_score_at_rest_exactly():
    score = Score(lambda state, _: PROCESS.drift(state), PhaseNetwork(SMALL, 3))
    assert torch.equal(score(phases(), TAU), 2 * PROCESS.drift(phases()))


def test_the_score_adds_the_scaled_field():
    network = awake(PhaseNetwork(SMALL, 3))
    with torch.no_grad():
        added = Score(lambda state, _: PROCESS.drift(state), network)(
            phases(), TAU
        ) - 2 * PROCESS.drift(phases())
        field = network(phases(), TAU)
    for row, factor in enumerate((99.9975, math.expm1(3.0) ** -0.5)):
        assert torch.allclose(added[row], factor * field[row], atol=1e-5)


@pytest.mark.parametrize("kind", [PhaseNetwork, LineNetwork])
def test_the_time_reaches_the_answer_and_gradients_reach_every_weight(kind):
    network = awake(kind(SMALL, 1))
    state = phases()[:, :1]
    with torch.no_grad():
        early, late = network(state, TAU), network(state, TAU.flip(0))
    assert (early - late).abs().max() > 1e-3
    network(state, TAU).square().sum().backward()
    without = [
        name for name, w in network.named_parameters() if w.grad is None or not w.grad.any()
    ]
    assert without == []


def test_both_kinds_have_one_body():
    inner = [
        sum(w.numel() for name, w in kind(SMALL, 1).named_parameters() if "conv_in" not in name)
        for kind in (PhaseNetwork, LineNetwork)
    ]
    assert inner[0] == pytest.approx(inner[1], rel=0.02)


def test_half_precision_stays_near_and_comes_back_single():
    half = Size(**{**SMALL.__dict__, "half": True})
    whole, rough = awake(PhaseNetwork(SMALL, 1)), PhaseNetwork(half, 1).eval()
    rough.load_state_dict(whole.state_dict())
    with torch.no_grad():
        expected, found = whole(phases()[:, :1], TAU), rough(phases()[:, :1], TAU)
    assert found.dtype == torch.float32
    assert (found - expected).abs().max() < 0.05 * expected.abs().max()


def test_sizes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="sides"):
        PhaseNetwork(SMALL, 1)(torch.zeros(1, 1, 18, 16), TAU[:1])
    with pytest.raises(ValueError, match="widths"):
        Size((20,), blocks=1, attending=(), fold=1, groups=8, half=False)
