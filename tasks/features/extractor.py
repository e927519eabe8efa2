"""What a feature extractor is.

An extractor turns pictures into a few channels per cell. It is a frozen dataclass: its fields are
what may be chosen in `params.yaml`, its `channels` say what the numbers mean (they may depend on
the fields), and calling it computes them. Every number of a picture depends on that picture alone,
never on the others of its batch. An extractor that needs more than the picture, a trained model
say, names the stages that made it in a class variable `reads`; one that computes on CuPy's arrays,
too, has `on_gpu`.
"""

from dataclasses import dataclass
from typing import Annotated, Protocol

import numpy as np
from jaxtyping import Float32, UInt8
from pydantic import Field

from tasks.features.cells import Cells

Weight = Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)]
"""Factor of an extractor's channels in distances, after each channel has been divided by its
standard deviation.
"""


@dataclass(frozen=True)
class Channel:
    """One number per cell: its name, its units ("1" for none) and the closed interval that it lies
    in.
    """

    name: str
    units: str
    low: float
    high: float


class Extractor(Protocol):
    """A variant of `tasks.features.registry`."""

    @property
    def channels(self) -> tuple[Channel, ...]:
        """Return what the numbers of a cell are, in order."""
        ...

    @property
    def weight(self) -> float:
        """Return the factor of the channels in distances."""
        ...

    def __call__(
        self, pictures: UInt8[np.ndarray, "picture y x 3"], cells: Cells
    ) -> Float32[np.ndarray, "picture rows cols channel"]:
        """Return the channels of every cell."""
        ...
