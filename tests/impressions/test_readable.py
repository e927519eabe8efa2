"""What of an impression is read off pictures."""

import numpy as np
import pytest
import torch

from tasks.features.extract import build, extract
from tasks.impressions import srgb
from tasks.impressions.readable import NAMES, Readable, read, readable

CELL, STRIDE, SCALE = 8, 4, 0.15


def pictures() -> np.ndarray:
    coarse = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 3), np.uint8)
    return np.repeat(np.repeat(coarse, 4, axis=1), 4, axis=2)


def as_tensor(values: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(values).permute(0, 3, 1, 2).float() / 255


@pytest.mark.parametrize(("cell", "stride"), [(8, 4), (8, 8), (7, 4)])
def test_cells_are_read_as_the_features_read_them(cell: int, stride: int) -> None:
    found = read(as_tensor(pictures()), cell, stride, SCALE)
    chosen = [{"name": name, "weight": 1.0} for name in ("rgb", "luminance", "sobel")]
    values, names, *_ = extract(pictures(), build(chosen), cell, stride)
    features = dict(zip(names, np.moveaxis(values.astype(np.float64), -1, 0), strict=True))
    expected = {
        "red": features["red"],
        "green": features["green"],
        "blue": features["blue"],
        "luma": srgb.stored(features["luminance"]),
        "edge": np.clip(features["edge"] / SCALE, 0, 1),
    }
    for name in NAMES:
        np.testing.assert_allclose(found[name].numpy(), expected[name], atol=2e-5)


def test_the_gradient_is_finite_on_flat_pictures() -> None:
    flat = torch.zeros((1, 3, 16, 16), requires_grad=True)
    sum(value.sum() for value in read(flat, CELL, STRIDE, SCALE).values()).backward()
    assert flat.grad is not None
    assert flat.grad.isfinite().all()


def test_only_channels_that_the_impression_has_are_read_in_their_order() -> None:
    decoders = [{"name": "edges", "full_scale": SCALE}, {"name": "luminance"}]
    few = readable(("edge", "cluster_row", "luma"), CELL, STRIDE, decoders)
    assert few == Readable(("edge", "cluster_row", "luma"), CELL, STRIDE, SCALE)
    assert (few.known, few.places) == (("luma", "edge"), [2, 0])
    every = read(as_tensor(pictures()), CELL, STRIDE, SCALE)
    shown = few(as_tensor(pictures()))
    torch.testing.assert_close(shown, torch.stack([every["luma"], every["edge"]], 1))
