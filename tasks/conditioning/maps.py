"""The conditioning map: an impression, one value per cell and channel, brought to the size of the
picture.

Values lie in [0, 1] and stay there: bilinear interpolation between the centres of the cells,
constant beyond the outermost ones.
"""

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor
from torch.nn import functional

from tasks.core.errors import InputError

Maps = Float[np.ndarray, "picture channel row col"]
TRAP = 4


def check_channels(channels: int) -> None:
    """Refuse a number of channels that the stock pipelines would misread.

    Raises:
        InputError: four channels.
    """
    if channels == TRAP:
        raise InputError(
            "impression: 4 channels are refused, because diffusers' pipelines take a conditioning "
            "map of 4 channels for latents, "
            "skip its resizing and paint at the wrong size; add or drop a channel"
        )


def condition(maps: Maps, size: tuple[int, int]) -> Float[Tensor, "picture channel y x"]:
    """Return the maps at `size` = (rows, columns) in pixels, float32, as a ControlNet takes them.

    Raises:
        InputError: the maps have four channels.
        ValueError: a map is not finite; the line names the picture and the channel.
    """
    check_channels(maps.shape[1])
    bad = np.argwhere(~np.isfinite(maps))
    if len(bad):
        raise ValueError(
            f"impression: picture {bad[0][0]}, channel {bad[0][1]} holds {maps[tuple(bad[0])]}"
        )
    values = torch.from_numpy(np.ascontiguousarray(maps, np.float32))
    return functional.interpolate(values, size=size, mode="bilinear", align_corners=False)


def colours(maps: Maps, size: tuple[int, int]) -> UInt8[np.ndarray, "picture y x 3"]:
    """Return the impressions as sRGB pictures of `size`: their first three channels."""
    values = condition(maps[:, :3], size).permute(0, 2, 3, 1).numpy()
    return np.rint(255 * values.clip(0, 1)).astype(np.uint8)
