"""Refinements: each against the library or the property that it is for, and the chain."""

from typing import Any

import numpy as np
import pytest
from scipy import ndimage

from tasks.core.errors import InputError
from tasks.impressions.extract import extractor
from tasks.impressions.refinements.registry import REFINEMENTS, refine, refinements
from tests.impressions import small

NAMES = ("red", "luma", "edge", "cluster_row", "cluster_col")
FIELDS: dict[str, dict[str, Any]] = {
    "bilateral": {"likeness": 0.2, "distance": 1.5},
    "non_local_means": {"likeness": 0.1, "patch": 3, "distance": 5},
    "alignment": {
        "strength": 0.2,
        "likeness": 0.2,
        "gradient": 1.0,
        "clamp": 0.5,
        "iterations": 3,
    },
    "contrast": {"tile": 8, "limit": 0.05},
    "sharpening": {"radius": 2.0, "amount": 1.0},
    "entropy": {"radius": 2, "amount": 1.0},
}
SMOOTH = ("bilateral", "non_local_means", "alignment")


def choice(name: str, channels: list[str] | None = None) -> dict[str, Any]:
    return {"name": name, "channels": channels or ["luma"], **FIELDS[name]}


def step() -> np.ndarray:
    """Return a noisy step from 0.3 to 0.7, 24 × 24 cells."""
    noise = np.random.default_rng(0).normal(0, 0.03, (24, 24))
    return (np.where(np.arange(24) < 12, 0.3, 0.7)[None] + noise).astype(np.float32)


def refined(name: str, plane: np.ndarray) -> np.ndarray:
    chain = refinements([choice(name)], NAMES)
    maps = np.stack([plane] * 5)[None]
    return refine(maps, NAMES, chain)[0, 1]


def test_every_refinement_is_tried_here() -> None:
    assert set(FIELDS) == set(REFINEMENTS)


@pytest.mark.parametrize("name", sorted(REFINEMENTS))
def test_only_the_named_channels_of_each_picture_alone_are_refined(name: str) -> None:
    maps = np.random.default_rng(1).random((3, 5, 16, 16), np.float32)
    maps = maps.astype(np.float16).astype(np.float32)
    chain = refinements([choice(name, ["luma", "edge"])], NAMES)
    together = refine(maps, NAMES, chain)
    np.testing.assert_array_equal(together[:, [0, 3, 4]], maps[:, [0, 3, 4]])
    assert all(not np.array_equal(together[:, at], maps[:, at]) for at in (1, 2))
    np.testing.assert_array_equal(refine(maps[1:2], NAMES, chain)[0], together[1])
    assert together.min() >= 0
    assert together.max() <= 1


@pytest.mark.parametrize("name", SMOOTH)
def test_noise_goes_and_the_step_stays(name: str) -> None:
    before, after = step(), refined(name, step())
    assert after[:, :10].std() < 0.6 * before[:, :10].std()
    assert after[:, 12].mean() - after[:, 11].mean() > 0.3


def test_contrast_is_spread() -> None:
    dull = np.linspace(0.45, 0.55, 24 * 24, dtype=np.float32).reshape(24, 24)
    assert np.ptp(refined("contrast", dull)) > 3 * np.ptp(dull)


def test_sharpening_is_unsharp_masking() -> None:
    plane = np.clip(step(), 0.2, 0.8)
    blurred = ndimage.gaussian_filter(plane.astype(np.float64), 2.0, mode="reflect")
    np.testing.assert_allclose(
        refined("sharpening", plane), np.clip(2 * plane - blurred, 0, 1), atol=2e-3
    )


def test_entropy_smooths_where_much_happens_and_nowhere_else() -> None:
    plane = np.full((24, 24), 0.5, np.float32)
    plane[:, 12:] = np.random.default_rng(2).random((24, 12), np.float32)
    after = refined("entropy", plane)
    np.testing.assert_allclose(after[:, :8], 0.5, atol=1e-3)
    assert after[:, 15:].std() < 0.7 * plane[:, 15:].std()


@pytest.mark.parametrize("name", sorted(REFINEMENTS))
def test_a_constant_plane_stays_constant(name: str) -> None:
    np.testing.assert_allclose(refined(name, np.full((16, 16), 0.25, np.float32)), 0.25, atol=1e-3)


def test_the_chain_is_applied_in_order(dataset: Any, photographs: np.ndarray) -> None:
    chain = [choice("bilateral"), choice("contrast")]
    given = dataset, small.EXTRACTORS, small.CELL, small.STRIDE, small.DECODERS
    plain, both, swapped = (
        extractor(*given, refinements=refined_by)(photographs[:2])
        for refined_by in ([], chain, chain[::-1])
    )
    one, other = (refinements([each], extractor(*given).channels)[0] for each in chain)
    expected = other(np.clip(one(np.ascontiguousarray(plain[0, 3])), 0, 1))
    np.testing.assert_allclose(both[0, 3], expected, atol=1e-3)
    assert not np.array_equal(both, swapped)
    np.testing.assert_array_equal(both.astype(np.float16).astype(np.float32), both)


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        ({"name": "blur"}, r"refinements\[0\]: unknown name 'blur'"),
        (choice("bilateral", ["depth"]), r"refinements\[0\]: channels: 'depth' cannot be refined"),
        (choice("bilateral", ["cluster_row"]), "'cluster_row' cannot be refined; choose from red"),
        ({**choice("bilateral"), "likeness": 0.0}, r"refinements\[0\]: bilateral: likeness"),
    ],
)
def test_a_wrong_refinement_is_refused_in_one_line(wrong: dict[str, Any], line: str) -> None:
    with pytest.raises(InputError, match=line):
        refinements([wrong], NAMES)
