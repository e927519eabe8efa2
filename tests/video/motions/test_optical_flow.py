"""Measured flow."""

import numpy as np

from tasks.video.motions.optical_flow import measured


def test_what_was_measured_before_changes_nothing() -> None:
    rng = np.random.default_rng(0)

    def flow(side: int) -> np.ndarray:
        coarse = np.random.default_rng(side).random((side // 8, side // 8), np.float32)
        picture = np.kron(coarse, np.ones((8, 8), np.float32))
        return measured(picture, np.roll(picture, 2, axis=1))

    first = {side: flow(side) for side in (256, 64, 128)}
    for side in (24, *rng.permutation([24, 40, 64, 128, 256]), 64, 256):
        found = flow(side)
        if side in first:
            np.testing.assert_array_equal(found, first[side])
