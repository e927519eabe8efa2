"""Local coupling: an oscillator feels the mean of a square window around it, its own channel only.

The window has (2M + 1)² pixels, the centre among them. Across the picture's edge it either comes
in again on the other side (`periodic`, as in the paper's figures) or is cut (`open`, the mean then
over what is left), which is what a picture that is no torus asks for. Averages are taken along y
and along x, one after the other.
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import torch
from pydantic import Field
from torch.nn import functional

from tasks.orientation.circle.phase import Phases


@dataclass(frozen=True)
class Nearby:
    """Pᵢⱼ = 1/|window of i| for the pixels j in it; `reach` is M, in pixels."""

    reach: Annotated[int, Field(ge=1)]
    boundary: Literal["periodic", "open"]
    linear: ClassVar[bool] = True

    def __call__(self, cosine: Phases, sine: Phases) -> tuple[Phases, Phases]:
        """Return the means of every window."""
        return self.mean(cosine), self.mean(sine)

    def mean(self, values: Phases) -> Phases:
        """Return P values.

        Raises:
            ValueError: the window is larger than the picture.
        """
        side = min(values.shape[-2:])
        if 2 * self.reach + 1 > side:
            raise ValueError(f"reach is {self.reach}; its window does not fit into {side} pixels")
        return self._pooled(values, whole=False)

    def adjoint(self, values: Phases) -> Phases:
        """Return Pᵀ values; a periodic P is its own adjoint."""
        if self.boundary == "periodic":
            return self.mean(values)
        covered = self._pooled(torch.ones_like(values), whole=True)
        return self._pooled(values / covered, whole=True)

    def order(self, resultant: float) -> float:
        """Return R."""
        return resultant

    def _pooled(self, values: Phases, *, whole: bool) -> Phases:
        """Return the windows' sums over their number of pixels; of (2M + 1)² where `whole`."""
        reach, side = self.reach, 2 * self.reach + 1
        if self.boundary == "periodic":
            values = functional.pad(values, (reach, reach, reach, reach), mode="circular")
            reach = 0
        along_y = functional.avg_pool2d(values, (side, 1), 1, (reach, 0), count_include_pad=whole)
        return functional.avg_pool2d(along_y, (1, side), 1, (0, reach), count_include_pad=whole)
