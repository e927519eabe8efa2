"""Gabor energy: how much of a cell's luma is waves of a given length and direction.

The kernels of wavelength λ across direction θ (from x towards y) are a pair in quadrature,

    g(x, y) = exp(-(u² + v²) / 2σ²) · (cos, sin)(2π u / λ),      u = x cos θ + y sin θ,  v = y cos
    θ - x sin θ,

σ = 0.562 λ giving a bandwidth of one octave (Daugman 1985). The even kernel's mean is subtracted,
and each is divided by the sum of its magnitudes: a flat picture answers 0, whatever its
brightness, and luma in [0, 1] answers within ±½. The feature is the energy of the pair, which does
not tell a bright line from a dark one nor where in the wave it lies:

    gabor = ⟨√(even² + odd²)⟩,       in [0, √½].
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated

import cv2
import numpy as np
from jaxtyping import Float32, UInt8
from pydantic import Field

from tasks.features import light
from tasks.features.cells import Cells
from tasks.features.extractor import Channel, Weight

OCTAVE = float(3 / np.pi * np.sqrt(np.log(2) / 2))
"""σ/λ of a filter whose half-power frequencies are an octave apart."""
REACH = 3
"""Half the kernel's width over σ."""
HIGHEST = 2**-0.5
Wavelength = Annotated[float, Field(ge=2, le=256, allow_inf_nan=False)]
Kernel = Float32[np.ndarray, "v u"]


@dataclass(frozen=True)
class Gabor:
    """Energies at `wavelengths` (pixels) and at `orientations` directions evenly over half a
    turn.
    """

    weight: Weight
    wavelengths: Annotated[
        tuple[Wavelength, ...], Field(min_length=1, max_length=16, strict=False)
    ]
    orientations: Annotated[int, Field(ge=1, le=32)]

    def __post_init__(self) -> None:
        if len({f"{length:g}" for length in self.wavelengths}) < len(self.wavelengths):
            raise ValueError(
                f"wavelengths is {list(self.wavelengths)}; they must differ in six digits"
            )

    @property
    def channels(self) -> tuple[Channel, ...]:
        """One channel a wavelength and direction, named after both (pixels, index)."""
        return tuple(
            Channel(f"gabor_{length:g}_{index}", "1", 0, HIGHEST)
            for length in self.wavelengths
            for index in range(self.orientations)
        )

    def __call__(
        self, pictures: UInt8[np.ndarray, "picture y x 3"], cells: Cells
    ) -> Float32[np.ndarray, "picture rows cols channel"]:
        """Return the mean energy of each cell, wavelengths first.

        The root is NumPy's: OpenCV's magnitude differs in the last bit with where arrays lie.
        """
        luma = light.luma(pictures)
        energy = np.empty_like(luma)
        pooled = []
        for pair in self._bank():
            for index, plane in enumerate(luma):
                even, odd = (answer(plane, kernel) for kernel in pair)
                energy[index] = np.sqrt(even * even + odd * odd)
            pooled.append(cells.pool(energy))
        return np.stack(pooled, axis=-1)

    def _bank(self) -> Iterator[tuple[Kernel, Kernel]]:
        for length in self.wavelengths:
            for index in range(self.orientations):
                yield kernels(float(length), index * np.pi / self.orientations)


def answer(plane: Float32[np.ndarray, "y x"], kernel: Kernel) -> Float32[np.ndarray, "y x"]:
    """Return the correlation of `plane` with `kernel`, the plane being reflected at the border."""
    return cv2.filter2D(plane, cv2.CV_32F, kernel, borderType=cv2.BORDER_REFLECT)


@cache
def kernels(wavelength: float, angle: float) -> tuple[Kernel, Kernel]:
    """Return the even and the odd kernel for a wavelength in pixels and an angle in radians."""
    sigma = OCTAVE * wavelength
    side = 2 * int(np.ceil(REACH * sigma)) + 1
    even, odd = (
        cv2.getGaborKernel((side, side), sigma, angle, wavelength, 1.0, phase)
        for phase in (0.0, -np.pi / 2)
    )
    zero_mean = even - even.mean()
    return _unit(zero_mean), _unit(odd)


def _unit(kernel: np.ndarray) -> Kernel:
    return (kernel / np.abs(kernel).sum()).astype(np.float32)
