"""Optical flow between two pictures, measured: dense inverse search (Kroeger et al. 2016,
arXiv:1603.03590).
"""

from threading import local

import cv2
import numpy as np
from jaxtyping import Bool, Float32

from tasks.video.motions.displacement import Field, positions, sample

Luma = Float32[np.ndarray, "y x"]


class _Search(local):
    """One search a thread: it holds the memory of its pyramids from pair to pair. A small picture
    makes it finer for good, so that its scale is set for each.
    """

    def __init__(self) -> None:
        self.search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        self.finest = self.search.getFinestScale()

    def __call__(self, one: np.ndarray, other: np.ndarray) -> Field:
        self.search.setFinestScale(self.finest)
        return self.search.calc(one, other, np.zeros((*one.shape, 2), np.float32))


_search = _Search()


def measured(one: Luma, other: Luma) -> Field:
    """Return how far, in pixels, each place of `one` has moved in `other` (values in [0, 1])."""
    return _search(_to_bytes(one), _to_bytes(other))


def occluded(forward: Field, backward: Field) -> Bool[np.ndarray, "y x"]:
    """Return where the two flows contradict each other: |F + B(x + F)|² > 0.01 (|F|² + |B|²) + 0.5
    (Sundaram et al. 2010).
    """
    back = sample(backward, positions(*forward.shape[:2]) + forward)
    gap, size = _square(forward + back), _square(forward) + _square(back)
    return gap > 0.01 * size + 0.5


def carried(
    picture: Float32[np.ndarray, "y x *channel"], flow: Field
) -> Float32[np.ndarray, "y x *channel"]:
    """Return picture(x + F(x)): the later picture brought back to the earlier one's places."""
    return sample(picture, positions(*flow.shape[:2]) + flow)


def _square(field: Field) -> Luma:
    return np.einsum("yxa,yxa->yx", field, field)


def _to_bytes(luma: Luma) -> np.ndarray:
    return np.clip(np.rint(255 * luma), 0, 255).astype(np.uint8)
