"""Pictures and maps under a displacement, and at other sizes.

    J(x) = I(x + d(x)),

cubic between pixels; beyond the border the picture is mirrored.
"""

import cv2
import numpy as np
from jaxtyping import Float32, UInt8

from tasks.video.motions.displacement import Field, positions


def warp(
    picture: Float32[np.ndarray, "y x channel"], d: Field
) -> Float32[np.ndarray, "y x channel"]:
    """Return the picture displaced by d (pixels)."""
    place = positions(*d.shape[:2]) + d
    return cv2.remap(
        picture, place[..., 0], place[..., 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101
    )


def warp_maps(
    maps: Float32[np.ndarray, "channel y x"], d: Field
) -> Float32[np.ndarray, "channel y x"]:
    """Return every channel displaced by the same d (pixels), bilinearly, so that no value leaves
    its range.
    """
    place = positions(*d.shape[:2]) + d
    return np.stack(
        [
            cv2.remap(
                plane,
                place[..., 0],
                place[..., 1],
                cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REFLECT_101,
            )
            for plane in maps
        ]
    )


def enlarge(
    picture: Float32[np.ndarray, "y x channel"], height: int, width: int
) -> Float32[np.ndarray, "v u channel"]:
    """Return the picture at the given size (pixels), cubic between pixels."""
    if picture.shape[:2] == (height, width):
        return picture
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_CUBIC)


def reduce(
    picture: Float32[np.ndarray, "v u channel"], height: int, width: int
) -> Float32[np.ndarray, "y x channel"]:
    """Return the picture at the given, smaller size (pixels), averaged over areas."""
    if picture.shape[:2] == (height, width):
        return picture
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)


def enlarge_maps(
    maps: Float32[np.ndarray, "channel row col"], height: int, width: int
) -> Float32[np.ndarray, "channel y x"]:
    """Return the maps at the given size (pixels), bilinear between the centres of the cells."""
    return np.stack(
        [cv2.resize(plane, (width, height), interpolation=cv2.INTER_LINEAR) for plane in maps]
    )


def to_bytes(picture: Float32[np.ndarray, "y x channel"]) -> UInt8[np.ndarray, "y x channel"]:
    """Return values of 0 to 255, rounded and clipped."""
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)
