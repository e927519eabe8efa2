"""The tree: what siblings share, and what they do not."""

import pytest
import torch

from tasks.orientation.arms import recipe
from tasks.orientation.arms.size import Size
from tasks.orientation.circle.phase import wrap
from tasks.orientation_samples import film, tree

SMALL = Size((16,), blocks=1, attending=(), fold=2, groups=8, half=False)


def test_every_level_has_more_nodes_and_siblings_part_late():
    arm = recipe.OURS.arm()
    network = arm.build(SMALL, 1).eval()
    start = arm.prior.draw((1, 1, 16, 16), torch.Generator().manual_seed(0))
    levels = tree.grow(
        arm,
        network,
        start,
        branches=3,
        evaluations=40,
        generator=torch.Generator().manual_seed(1),
    )
    assert [len(level) for level in levels] == [1, 3, 9, 27]
    leaves = levels[-1]
    apart = (wrap(leaves[:, None] - leaves[None])).abs().mean((2, 3, 4))
    siblings = apart[:3, :3].sum() / 6
    cousins = apart[:3, 3:9].mean()
    strangers = apart[:9, 9:].mean()
    assert siblings < 0.8 * cousins
    assert cousins < strangers


def test_a_way_in_parts_has_the_spread_of_a_way_in_one():
    arm = recipe.OURS.model_copy(update={"noise": "step"}).arm()
    network = arm.build(SMALL, 1).eval()
    start = arm.prior.draw((8, 1, 16, 16), torch.Generator().manual_seed(0))
    levels = tree.grow(
        arm,
        network,
        start,
        branches=1,
        evaluations=40,
        generator=torch.Generator().manual_seed(1),
    )
    expected = arm.process.stationary()[1]
    for level in levels:  # an untrained network keeps the law at rest all the way
        assert abs(float(torch.cos(level).mean()) - expected) < 0.05


def test_films_begin_and_end_where_the_way_does():
    arm = recipe.OURS.arm()
    start = torch.full((2, 1, 8, 8), 1.0)
    found = film.forward(arm, start, 5, torch.Generator().manual_seed(0))
    assert found.times[0] == 0
    assert found.times[-1] == pytest.approx(arm.schedule.end)
    assert torch.equal(found.states[0], start)
    assert len(found.states) == 5
