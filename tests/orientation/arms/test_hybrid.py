"""The hybrid arm: at rest nothing moves; the loss is the mean of both parts' losses."""

import dataclasses

import pytest
import torch

from tasks.orientation.arms.hybrid import HybridArm, HybridNetwork
from tasks.orientation.arms.network import Score
from tasks.orientation.arms.recipe import OURS, PAPER
from tasks.orientation.arms.size import Size
from tasks.orientation.circle import line
from tasks.orientation.circle.monogenic import split
from tasks.orientation.samplers.ancestral import ancestral
from tasks.orientation.samplers.heun import heun

SMALL = Size((16,), blocks=1, attending=(), fold=2, groups=8, half=False)


def start(arm, count=16):
    generator = torch.Generator().manual_seed(0)
    phase = arm.phases.prior.draw((count, 1, 16, 16), generator)
    return torch.cat([phase, torch.randn(phase.shape, generator=generator)], 1)


def test_an_untrained_flow_stands_still_and_an_untrained_chain_keeps_the_law_at_rest():
    arm = HybridArm(OURS.arm())
    state, score = start(arm), Score(arm.motion.drift, arm.build(SMALL, 1))
    *_, found = heun(score, arm.motion, [0.0, 0.01, 1.0, 4.0], state)
    torch.testing.assert_close(found, state, atol=1e-5, rtol=0)
    times = arm.phases.times(25)
    *_, found = ancestral(score, arm.motion, times, state, torch.Generator().manual_seed(1))
    phase, amplitude = found.chunk(2, 1)
    assert float(amplitude.std()) == pytest.approx(1, abs=0.05)
    expected = arm.phases.process.stationary()[1]
    assert float(torch.cos(phase).mean()) == pytest.approx(expected, abs=0.05)


class Knowing(HybridNetwork):
    """The network that has learnt one picture's amplitudes by heart, and nothing of its phases."""

    def __init__(self, amplitude):
        super().__init__(SMALL, 1)
        self.amplitude = amplitude

    def forward(self, state, tau, condition=None):
        phase, noisy = state.chunk(2, 1)
        signal, noise = line.levels(tau[:, None, None, None])
        answer = -(noisy - signal * self.amplitude) / noise.square() + noisy
        return torch.cat([0 * phase, answer * torch.expm1(tau).sqrt()[:, None, None, None]], 1)


@pytest.mark.parametrize("recipe", [OURS, PAPER.model_copy(update={"weighting": "unit"})])
def test_the_loss_is_half_of_the_phases_once_the_amplitudes_are_known(recipe):
    picture = torch.randint(0, 256, (1, 1, 16, 16), generator=torch.Generator().manual_seed(2))
    pictures = picture.to(torch.uint8).expand(64, -1, -1, -1)
    phase, amplitude = split(pictures[:1])
    arm = HybridArm(recipe.arm())
    whole = arm.loss(Knowing(amplitude), pictures, torch.Generator().manual_seed(3))

    class Phases:
        """The target, from the monogenic phases instead of greys."""

        def __call__(self, process, schedule, start, steps, generator):
            return recipe.arm().target(
                process, schedule, phase.expand(64, -1, -1, -1), steps, generator
            )

    alone = dataclasses.replace(recipe.arm(), target=Phases())
    part = alone.loss(alone.build(SMALL, 1), pictures, torch.Generator().manual_seed(3))
    torch.testing.assert_close(whole, part / 2, rtol=1e-3, atol=1e-4)
