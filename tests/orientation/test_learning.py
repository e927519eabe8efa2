"""Learning: what a network is shown beside the pictures."""

import numpy as np
import pytest
import torch

from tasks.orientation import learning
from tasks.orientation.layouts.layout import layout

CROPS = np.random.default_rng(0).integers(0, 256, (1, 16, 16), dtype=np.uint8)
SEATS = np.linspace(-1, 1, 32, dtype=np.float32).reshape(1, 2, 4, 4)


class Seeing:
    """An arm that keeps what its network is shown."""

    def __init__(self):
        self.shown = torch.empty(0)

    def loss(self, network, pictures, generator):
        self.shown = network.condition
        return torch.zeros(())


def shown(drop: float, seats: np.ndarray | None) -> torch.Tensor:
    """Return the condition of a batch of the one crop."""
    pace = learning.Pace(1e-3, 1, 400, 0, 0.9, 0, drop)
    arm, network = Seeing(), torch.nn.Linear(1, 1)
    loss = learning.steered_loss(arm, network, CROPS, 4, pace, seats=seats)  # pyright: ignore[reportArgumentType]
    loss(torch.Generator().manual_seed(0))
    return arm.shown[:, :, ::4, ::4]


def test_clusters_stand_beside_the_layout_under_a_mask_of_their_own():
    found = shown(0.5, SEATS)
    assert found.shape == (400, learning.conditions(True), 4, 4)
    for at, maps in ((0, layout(CROPS, 4)), (3, SEATS)):
        mask, values = found[:, at : at + 1], found[:, at + 1 : at + 3]
        torch.testing.assert_close(values, mask * torch.from_numpy(maps))
    empty = [(found[:, at] == 0).all((1, 2)) for at in (0, 3)]
    for first in (True, False):
        for second in (True, False):
            share = ((empty[0] == first) & (empty[1] == second)).float().mean()
            assert float(share) == pytest.approx(0.25, abs=0.07)


def test_a_source_without_clusters_is_shown_the_same_as_ever():
    found = shown(0.2, None)
    assert found.shape[1] == learning.conditions(False) == 3
    assert torch.equal(found, shown(0.2, SEATS)[:, :3])
