r"""The arm that plans: which way lines run is drawn first, the picture then, under that layout.

    p(picture) = Σ p(layout) p(picture | layout),

with the layout of `tasks.orientation.layouts.layout`: a few cells a side, smooth, and without a
seam. Flow matching draws it by a network of its own; any arm draws the picture, its way back
conditioned on the orientation field. Both are trained at once, and the evaluations of both count.
"""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor, nn

from tasks.orientation.arms.arm import Arm, Draw, Pictures, place
from tasks.orientation.arms.flow_matching import FlowMatching
from tasks.orientation.arms.network import LineNetwork
from tasks.orientation.arms.size import Size
from tasks.orientation.chains.chain import normal
from tasks.orientation.layouts.layout import CHANNELS, layout
from tasks.orientation.layouts.steering import Maps, Steered, condition

MAPS = FlowMatching(0.0)
SHARE = 4
"""One evaluation in so many is the layout's."""


@dataclass(frozen=True)
class PlannedArm:
    """`arm` under layouts of cells of `cell` pixels; pictures have one channel."""

    arm: Arm
    cell: int

    def build(self, size: Size, channels: int, conditions: int = 0) -> nn.ModuleDict:
        """Return both untrained networks, the layout's of half the folding.

        Raises:
            ValueError: there are other conditions, or several channels.
        """
        if conditions or channels != 1:
            raise ValueError(
                f"conditions is {conditions} and channels is {channels}; a plan has 0 and 1"
            )
        shown = 1 + len(CHANNELS)
        return nn.ModuleDict(
            {
                "layouts": LineNetwork(replace(size, fold=max(1, size.fold // 2)), len(CHANNELS)),
                "pictures": self.arm.build(size, channels, shown),
            }
        )

    def loss(
        self, network: nn.ModuleDict, pictures: Pictures, generator: torch.Generator
    ) -> Float[Tensor, ""]:
        """Return the sum of both losses of one batch, the pictures under their own layouts."""
        maps = torch.from_numpy(layout(pictures[:, 0].cpu().numpy(), self.cell))
        maps = maps.to(pictures.device)
        steered = Steered(network["pictures"], _shown(maps, pictures.shape[-1]))
        own = self.arm.loss(steered, pictures, generator)
        return own + MAPS.fit(network["layouts"], maps, generator)

    def sample(self, network: nn.ModuleDict, wanted: Draw, generator: torch.Generator) -> Pictures:
        """Return pictures under layouts that are drawn first, by a quarter of the evaluations."""
        count, _, rows, cols = wanted.shape
        shape = count, len(CHANNELS), rows // self.cell, cols // self.cell
        start = normal(torch.empty(shape, device=place(network)), generator)
        planning = max(1, wanted.evaluations // SHARE)
        maps = MAPS.follow(network["layouts"], start, planning)
        steered = Steered(network["pictures"], _shown(maps, rows))
        left = Draw(wanted.shape, wanted.evaluations - planning)
        return self.arm.sample(steered, left, generator)


def _shown(maps: Maps, side: int) -> Tensor:
    everywhere = torch.ones_like(maps[:, 0])
    return condition(maps, everywhere, side)
