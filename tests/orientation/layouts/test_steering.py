"""Steering: what is not said changes nothing, guidance is a straight line, masks have their
shares.
"""

import pytest
import torch

from tasks.orientation.arms import recipe
from tasks.orientation.arms.network import LineNetwork, PhaseNetwork
from tasks.orientation.arms.size import Size
from tasks.orientation.layouts.steering import Steered, condition, known

SMALL = Size((16,), blocks=1, attending=(), fold=2, groups=8, half=False)


def network(kind=PhaseNetwork) -> torch.nn.Module:
    """Return a network whose last layer is not zero any more."""
    torch.manual_seed(0)
    built = kind(SMALL, 1, 3).eval()
    torch.nn.init.normal_(built.body.unet.conv_out.weight, std=0.1)
    return built


def maps(count=2, seed=0) -> torch.Tensor:
    return torch.rand((count, 2, 4, 4), generator=torch.Generator().manual_seed(seed)) * 2 - 1


STATE, TAU = torch.rand((2, 1, 16, 16)) * 3, torch.full((2,), 0.7)


@pytest.mark.parametrize("kind", [PhaseNetwork, LineNetwork])
@torch.no_grad()
def test_maps_behind_an_empty_mask_say_nothing(kind):
    built = network(kind)
    hidden = condition(maps(), torch.zeros(2, 4, 4), 16)
    assert torch.equal(built(STATE, TAU, hidden), built(STATE, TAU))
    shown = condition(maps(), torch.ones(2, 4, 4), 16)
    assert not torch.allclose(built(STATE, TAU, shown), built(STATE, TAU))


@torch.no_grad()
def test_no_direction_is_not_the_same_as_nothing_said():
    built = network()
    level = condition(torch.zeros(2, 2, 4, 4), torch.ones(2, 4, 4), 16)
    assert not torch.allclose(built(STATE, TAU, level), built(STATE, TAU))


@torch.no_grad()
def test_guidance_goes_on_from_the_free_answer_through_the_steered_one():
    built, shown = network(), condition(maps(), torch.ones(2, 4, 4), 16)
    free = built(STATE, TAU)
    once, thrice = (Steered(built, shown, weight)(STATE, TAU) for weight in (1.0, 3.0))
    torch.testing.assert_close(thrice - free, 3 * (once - free), rtol=1e-4, atol=1e-5)


@torch.no_grad()
def test_a_condition_serves_all_examples_of_its_picture():
    built, shown = network(), condition(maps(), torch.ones(2, 4, 4), 16)
    state, tau = STATE.repeat_interleave(3, 0), TAU.repeat_interleave(3)
    found = Steered(built, shown)(state, tau)
    torch.testing.assert_close(found[::3], Steered(built, shown)(STATE, TAU))


def test_cells_become_squares_of_pixels_under_a_mask():
    shown = condition(maps(1), torch.eye(4)[None], 16)
    assert shown.shape == (1, 3, 16, 16)
    assert torch.equal(shown[0, 0, ::4, ::4], torch.eye(4))
    assert torch.equal(shown[0, 1:, 5, 6], maps(1)[0, :, 1, 1])
    assert not shown[0, :, 5, 12].any()


def test_masks_are_empty_whole_or_in_between_as_often_as_they_should():
    found = known((4000, 8, 8), 0.2, torch.Generator().manual_seed(0)).mean((1, 2))
    assert float((found == 0).float().mean()) == pytest.approx(0.2, abs=0.03)
    assert float((found == 1).float().mean()) == pytest.approx(0.4, abs=0.03)
    between = found[(found > 0) & (found < 1)]
    assert float(between.mean()) == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize(
    "target", [{"name": "shift", "rate": 0.5}, {"name": "one_step", "draws": 3}]
)
def test_an_arm_learns_and_draws_under_a_condition(target):
    arm = recipe.OURS.model_copy(update={"steps": 10, "target": target}).arm()
    shown = condition(maps(), torch.ones(2, 4, 4), 16)
    steered = Steered(network(), shown)
    pictures = torch.full((2, 1, 16, 16), 90, dtype=torch.uint8)
    loss = arm.loss(steered, pictures, torch.Generator().manual_seed(0))
    loss.backward()
    assert all(
        weight.grad is not None and weight.grad.isfinite().all() for weight in steered.parameters()
    )
