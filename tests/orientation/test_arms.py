"""Arms: the isotropic ones against the best network for a set of one picture, which is known; the
phases' against the law at rest; all of them through a short training.
"""

import dataclasses
import inspect
import math

import pytest
import torch
from torch import nn

from tasks.base import schedule as rates
from tasks.base import training
from tasks.orientation.arms import arm, recipe
from tasks.orientation.arms.arm import Draw
from tasks.orientation.arms.flow_matching import FlowMatching
from tasks.orientation.arms.hybrid import HybridArm
from tasks.orientation.arms.noise_prediction import NoisePrediction
from tasks.orientation.arms.phases import PhaseArm
from tasks.orientation.arms.planned import PlannedArm
from tasks.orientation.arms.size import Size
from tasks.orientation.arms.variance_preserving import VariancePreserving
from tasks.orientation.chains import prior
from tasks.orientation.chains.schedule import Schedule
from tasks.orientation.circle import line
from tasks.orientation.circle.phase import to_values
from tasks.orientation.samplers import ancestral, heun

SMALL = Size((16, 32), blocks=1, attending=(), fold=2, groups=8, half=False)
LONG = Schedule(100, 10.0, 1e-3)
PICTURE = torch.randint(0, 256, (1, 1, 8, 8), generator=torch.Generator().manual_seed(0))
PICTURE = PICTURE.to(torch.uint8)
VALUES = to_values(PICTURE)
ISOTROPIC = {
    "flow": FlowMatching(0.0),
    "vp": VariancePreserving(LONG, "unit", "informative", "ancestral", "step"),
    "vp_flow": VariancePreserving(LONG, "unit", "uniform", "heun", "step"),
    "vp_mixed": VariancePreserving(LONG, "unit", "informative", "mixed", "bridge"),
    "ddpm": NoisePrediction(1000, 1e-4, 0.02, "ddpm"),
    "ddim": NoisePrediction(1000, 1e-4, 0.02, "ddim"),
}
ARMS = {
    **ISOTROPIC,
    "ours": recipe.OURS.arm(),
    "paper": recipe.PAPER.arm(),
    "local": recipe.PAPER_LOCAL.arm(),
    "alone": recipe.OURS.model_copy(
        update={"uncoupled": True, "target": {"name": "exact", "reach": 0.5}}
    ).arm(),
    "hybrid": HybridArm(recipe.OURS.arm()),
    "planned": PlannedArm(recipe.OURS.arm(), 4),
}


class Knowing(nn.Module):
    """The network that has learnt the one picture by heart."""

    def __init__(self, name):
        super().__init__()
        self.name, self.weight = name, nn.Parameter(torch.zeros(()))

    def forward(self, state, tau):
        tau = tau[:, None, None, None]
        if self.name == "flow":
            ratio = torch.expm1(tau).sqrt()  # sigma / (1 - sigma)
            return (state - VALUES) * (1 + ratio) / ratio
        signal, noise = line.levels(tau)
        epsilon = (state - signal * VALUES) / noise
        if "dd" in self.name:
            return epsilon
        return epsilon - VALUES


@pytest.mark.parametrize("name", ISOTROPIC)
def test_the_best_network_has_no_loss_and_draws_the_one_picture(name):
    model, network = ISOTROPIC[name], Knowing(name)
    generator = torch.Generator().manual_seed(0)
    loss = model.loss(network, PICTURE.expand(64, -1, -1, -1), generator)
    assert float(loss.detach()) < 1e-4
    drawn = model.sample(network, Draw((3, 1, 8, 8), 30), generator)
    assert drawn.dtype == torch.uint8
    assert (drawn.int() - PICTURE.int()).abs().max() <= 2


@pytest.mark.parametrize("name", ISOTROPIC)
def test_a_network_that_answers_nothing_has_the_loss_of_its_target(name):
    class Nothing(Knowing):
        def forward(self, state, tau):
            return 0 * state

    expected = {
        "flow": 1 + float(VALUES.square().mean()),
        "ddpm": 1.0,
        "ddim": 1.0,
    }
    pictures = PICTURE.expand(4000, -1, -1, -1)
    found = ISOTROPIC[name].loss(Nothing(name), pictures, torch.Generator().manual_seed(1))
    if name in expected:
        assert float(found) == pytest.approx(expected[name], rel=0.02)
    else:
        assert 0.2 < float(found) < 1.2


@pytest.mark.parametrize("name", ARMS)
def test_the_same_seed_draws_the_same_bytes_and_changes_no_picture(name):
    model = ARMS[name]
    torch.manual_seed(0)
    network, wanted = model.build(SMALL, 1).eval(), Draw((2, 1, 16, 16), 5)
    pictures = torch.arange(4 * 256, dtype=torch.int32).remainder(251).to(torch.uint8)
    pictures = pictures.reshape(4, 1, 16, 16)
    copy = pictures.clone()
    drawn = [model.sample(network, wanted, torch.Generator().manual_seed(3)) for _ in range(2)]
    losses = [model.loss(network, pictures, torch.Generator().manual_seed(3)) for _ in range(2)]
    other = model.sample(network, wanted, torch.Generator().manual_seed(4))
    assert torch.equal(*drawn)
    assert torch.equal(*losses)
    assert not torch.equal(drawn[0], other)
    assert torch.equal(pictures, copy)


@pytest.mark.parametrize("name", ["ours", "local", "alone"])
def test_an_untrained_arm_of_phases_draws_the_law_at_rest(name):
    model = dataclasses.replace(ARMS[name], noise="step")
    network = model.build(SMALL, 1)
    start = model.prior.draw((32, 1, 32, 32), torch.Generator().manual_seed(0))
    *_, state = model.unfold(network, start, 25, torch.Generator().manual_seed(1))
    found = float(torch.cos(state).mean())
    assert found == pytest.approx(model.process.stationary()[1], abs=0.04)


@pytest.mark.parametrize("name", ["ours", "alone", "flow", "vp", "ddpm", "hybrid", "planned"])
def test_a_short_training_lowers_the_loss(name):
    model = ARMS[name]
    stripes = (torch.arange(16) % 4 < 2).to(torch.uint8) * 255
    pictures = stripes.expand(8, 1, 16, 16).clone()
    torch.manual_seed(0)
    learning = training.Training(model.build(SMALL, 1).train(), 0.9)
    plan = rates.over(50, rate=4e-3, warm_up=3)
    batch = pictures.repeat(4, 1, 1, 1)
    losses = list(
        training.steps(
            learning, lambda g: model.loss(learning.module, batch, g), plan, seed=0, name=name
        )
    )
    assert all(math.isfinite(value) for value in losses)
    assert sum(losses[-10:]) < 0.75 * sum(losses[:10])


def test_only_reconstruction_sees_pictures_when_it_draws():
    functions = [ancestral.ancestral, heun.heun, prior.at_rest, prior.Prior.draw]
    for kind in (
        PhaseArm,
        VariancePreserving,
        FlowMatching,
        NoisePrediction,
        HybridArm,
        PlannedArm,
    ):
        functions += [kind.sample, *([kind.unfold] if kind is PhaseArm else [])]
    for function in functions:
        hints = str(inspect.signature(function))
        assert "picture" not in " ".join(inspect.signature(function).parameters), hints
        assert "UInt8" not in hints.partition("->")[0], hints
    assert "pictures" in inspect.signature(PhaseArm.reconstruct).parameters


def test_a_reconstruction_keeps_its_input_and_remembers_little():
    model = recipe.OURS.model_copy(update={"steps": 30}).arm()
    network = model.build(SMALL, 1).eval()
    pictures = PICTURE.repeat(4, 1, 2, 2)
    copy = pictures.clone()
    found = model.reconstruct(network, pictures, 10, torch.Generator().manual_seed(0))
    assert found.shape == pictures.shape
    assert torch.equal(pictures, copy)
    assert arm.place(network) == found.device
