"""A small network of our own whose features pictures can be compared by.

Three scales of convolutions, halved in between; the features of a picture are the means of the
last scale. Untrained it is a random projection, which ranks textures by their statistics; a
trained one is a file of weights away.
"""

import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn

WIDTHS = (32, 64, 128)

Coloured = UInt8[Tensor, "picture 3 y x"]


class Encoder(nn.Module):
    """Features of pictures of three channels, 8 bits."""

    num_features = WIDTHS[-1]

    def __init__(self) -> None:
        super().__init__()
        entering = (3, *WIDTHS[:-1])
        self.scales = nn.ModuleList(
            nn.Conv2d(before, after, 3, stride=2, padding=1)
            for before, after in zip(entering, WIDTHS, strict=True)
        )

    def maps(self, pictures: Coloured) -> list[Float[Tensor, "picture channel row col"]]:
        """Return the feature maps of every scale."""
        values, found = pictures.float() / 127.5 - 1, []
        for scale in self.scales:
            values = torch.relu(scale(values))
            found.append(values)
        return found

    def forward(self, pictures: Coloured) -> Float[Tensor, "picture feature"]:
        """Return the features."""
        return self.maps(pictures)[-1].mean((2, 3))
