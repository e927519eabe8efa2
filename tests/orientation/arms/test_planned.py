"""The planning arm: evaluations are shared out, and what was planned steers."""

import pytest
import torch

from tasks.orientation.arms.arm import Draw
from tasks.orientation.arms.flow_matching import FlowMatching
from tasks.orientation.arms.planned import PlannedArm
from tasks.orientation.arms.recipe import OURS
from tasks.orientation.arms.size import Size

SMALL = Size((16, 32), blocks=1, attending=(), fold=2, groups=8, half=False)


@pytest.mark.parametrize("inner", [OURS.arm(), FlowMatching(0.0)], ids=["phases", "flow"])
@pytest.mark.parametrize("evaluations", [9, 20])
def test_both_networks_together_take_the_evaluations(inner, evaluations):
    arm, calls = PlannedArm(inner, 4), {"layouts": 0, "pictures": 0}
    network = arm.build(SMALL, 1)
    for name, part in network.items():

        def count(*_, name=name):
            calls[name] += 1

        part.register_forward_hook(count)
    drawn = arm.sample(network, Draw((2, 1, 16, 16), evaluations), torch.Generator())
    assert drawn.shape == (2, 1, 16, 16)
    assert evaluations - 1 <= sum(calls.values()) <= evaluations
    assert 0 < calls["layouts"] < calls["pictures"]


def test_the_picture_is_drawn_under_the_layout_that_was_drawn():
    seen = []

    class Seeing:
        def build(self, size, channels, conditions=0):
            return FlowMatching(0.0).build(size, channels, conditions)

        def sample(self, network, wanted, generator):
            seen.append(network.condition)
            return torch.zeros(wanted.shape, dtype=torch.uint8)

    arm = PlannedArm(Seeing(), 4)  # pyright: ignore[reportArgumentType]
    network = arm.build(SMALL, 1)
    arm.sample(network, Draw((3, 1, 16, 16), 20), torch.Generator().manual_seed(0))
    (shown,) = seen
    assert shown.shape == (3, 3, 16, 16)
    assert (shown[:, 0] == 1).all()
    assert torch.equal(shown[:, 1, 0, 0], shown[:, 1, 3, 3])
    assert shown[:, 1:].abs().max() > 0


def test_a_plan_has_no_other_conditions():
    with pytest.raises(ValueError, match="conditions is 3"):
        PlannedArm(OURS.arm(), 4).build(SMALL, 1, 3)
