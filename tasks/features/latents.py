"""Latents: what the base model's autoencoder makes of a picture.

A latent stands for a block of f x f pixels, f being the autoencoder's factor (8 for most). A cell
shows the mean of the latents of its pixels, in the scale that the U-Net sees, so that the map and
the diffusion model speak of the same quantities. A picture whose side f does not divide is first
continued by reflection.

The model is that of the stage `base`; the stages that choose this extractor depend on it, and
their items are keyed by its digest (`reads`). Latents have no bounds of their own.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from jaxtyping import Float32, UInt8

from tasks.core import store
from tasks.features.cells import Cells
from tasks.features.extractor import Channel, Weight

if TYPE_CHECKING:
    from tasks.conditioning.model import DiffusionModel


@dataclass(frozen=True)
class Latents:
    """All channels of the autoencoder in `data/base`."""

    weight: Weight
    reads: ClassVar[tuple[str, ...]] = ("base",)

    @property
    def channels(self) -> tuple[Channel, ...]:
        """One channel a latent.

        Raises:
            InputError: there is no base model.
        """
        count = base().vae.config["latent_channels"]
        return tuple(Channel(f"latent_{index}", "1", -np.inf, np.inf) for index in range(count))

    def __call__(
        self, pictures: UInt8[np.ndarray, "picture y x 3"], cells: Cells
    ) -> Float32[np.ndarray, "picture rows cols latent"]:
        """Return the mean latents of each cell.

        Raises:
            InputError: there is no base model.
        """
        model, (height, width) = base(), pictures.shape[1:3]
        rows, cols = cells.grid(height, width)
        values = np.empty((len(pictures), rows, cols, len(self.channels)), np.float32)
        for index in range(len(pictures)):
            for channel, plane in enumerate(encoded(model, pictures[index : index + 1])):
                values[index, ..., channel] = cells.pool(plane[None, :height, :width])[0]
        return values


def encoded(
    model: "DiffusionModel", picture: UInt8[np.ndarray, "1 y x 3"]
) -> Float32[np.ndarray, "latent y x"]:
    """Return the latents of one picture, each repeated over the pixels that it stands for."""
    factor = model.vae_factor
    border = [(0, -length % factor) for length in picture.shape[1:3]]
    whole = np.pad(picture, ((0, 0), *border, (0, 0)), mode="symmetric")
    latents = model.encode(whole)[0].numpy()
    return latents.repeat(factor, axis=1).repeat(factor, axis=2)


def base() -> "DiffusionModel":
    """Return the model that the stage `base` left behind.

    Raises:
        InputError: there is none; the line says what to run.
    """
    folder = store.folder("base").absolute()
    return _load(folder, folder.stat().st_mtime_ns if folder.is_dir() else 0)


@lru_cache(maxsize=1)
def _load(folder: Path, modified: int) -> "DiffusionModel":
    """Return the model in `folder`; the stage renames a new folder into place, so that another
    model has another time.
    """
    from tasks.conditioning.model import load

    return load(folder)
