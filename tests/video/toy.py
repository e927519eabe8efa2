"""A stand-in for the diffusion model, and scenes to paint with it."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from tasks.video.motions.displacement import Displacement
from tasks.video.scene import Scene

SIZE, CELLS, FRAMES = (64, 64), 16, 12


@dataclass(frozen=True)
class ToyPainter:
    """The impression's colours, and a texture that noise of few cells makes."""

    size: tuple[int, int] = SIZE

    @property
    def noise_shape(self) -> tuple[int, int, int]:
        return (3, self.size[0] // 8, self.size[1] // 8)

    def __call__(
        self,
        maps: np.ndarray,
        captions: Sequence[str],
        noise: np.ndarray,
        start: np.ndarray | None = None,
        strength: float = 1.0,
    ) -> np.ndarray:
        assert maps.shape[2:] == self.size
        assert noise.shape == (len(captions), *self.noise_shape)
        texture = [
            cv2.resize(np.ascontiguousarray(n.transpose(1, 2, 0)), self.size[::-1]) for n in noise
        ]
        new = 255 * np.moveaxis(maps[:, :3], 1, -1) + 40 * np.tanh(np.stack(texture))
        mixed = new if start is None else strength * new + (1 - strength) * start
        return np.clip(np.rint(mixed), 0, 255).astype(np.uint8)


def circling(amplitude: float = 0.02, frames: int = FRAMES) -> Displacement:
    """Return a smooth motion on circles whose phase runs across the picture."""
    y, x = np.mgrid[:CELLS, :CELLS] / CELLS
    angle = 2 * np.pi * (np.arange(frames)[:, None, None] / frames + 0.3 * x + 0.2 * y)
    grid = amplitude * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    return Displacement(grid.astype(np.float32), amplitude, amplitude)


def scene(displacement: Displacement | None = None, seed: int = 1) -> Scene:
    """Return a scene of soft blobs."""
    rng = np.random.default_rng(0)
    maps = np.stack([cv2.GaussianBlur(rng.random((CELLS, CELLS)), (0, 0), 1.5) for _ in range(7)])
    low, high = maps.min(), maps.max()
    values = ((maps - low) / (high - low)).astype(np.float32)
    return Scene("toy", "a toy", values, displacement or circling(), seed)
