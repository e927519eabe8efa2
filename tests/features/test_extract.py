import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tasks.core.errors import InputError
from tasks.features import extract as module
from tasks.features.extract import build, channels, extract, reads
from tasks.features.registry import EXTRACTORS
from tests.features.choices import FIELDS, choice

ALL = build([choice(name, 0.5 + index) for index, name in enumerate(EXTRACTORS)])
FLAT = {"canny", "entropy", "gabor", "hog", "laplacian", "pca", "sift", "sobel", "variance"}
"""Extractors that answer 0 where nothing changes."""

pytestmark = pytest.mark.usefixtures("with_base")


def inside(values: np.ndarray, name: str) -> bool:
    """Return whether `values` are finite and within the ranges of extractor `name`."""
    described = channels(build([choice(name)]))
    low, high = ([getattr(each, end) for each in described] for end in ("low", "high"))
    return bool(
        np.isfinite(values).all()
        and (values >= np.array(low) - 1e-4).all()
        and (values <= np.array(high) + 1e-4).all()
    )


def test_every_registered_extractor_has_an_example_here() -> None:
    assert sorted(FIELDS) == sorted(EXTRACTORS)


@pytest.mark.parametrize("name", sorted(EXTRACTORS))
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    picture=st.tuples(st.integers(1, 3), st.integers(1, 3)).flatmap(
        lambda size: arrays(np.uint8, (1, 4 * size[0], 4 * size[1], 3))
    )
)
def test_the_ranges_hold_whatever_the_picture(name: str, picture: np.ndarray) -> None:
    assert inside(extract(picture, build([choice(name)]), 8, 4).values, name)


@pytest.mark.parametrize("name", sorted(EXTRACTORS))
@pytest.mark.parametrize("kind", ["checkerboard", "halves", "noise", "one white pixel"])
def test_the_ranges_hold_for_pictures_of_the_highest_contrast(name: str, kind: str) -> None:
    y, x = np.mgrid[0:24, 0:24]
    mask = {
        "checkerboard": (x + y) % 2 == 0,
        "halves": x < 12,
        "noise": np.random.default_rng(0).random((24, 24)) < 0.5,
        "one white pixel": (x == 9) & (y == 14),
    }[kind]
    picture = np.repeat(255 * mask.astype(np.uint8)[None, :, :, None], 3, axis=-1)
    assert inside(extract(picture, build([choice(name)]), 8, 4).values, name)


@pytest.mark.parametrize("name", sorted(FLAT))
@pytest.mark.parametrize("level", [0, 1, 99, 255])
def test_a_constant_picture_answers_0_to_what_asks_for_change(name: str, level: int) -> None:
    flat = np.full((1, 16, 24, 3), level, np.uint8)
    assert np.abs(extract(flat, build([choice(name)]), 8, 4).values).max() < 1e-6


@pytest.mark.parametrize("name", sorted(EXTRACTORS))
@pytest.mark.parametrize(("side", "cell"), [(1, 1), (4, 4), (4, 20)])
def test_a_picture_of_one_cell_works_though_windows_and_kernels_are_larger(
    crops: np.ndarray, name: str, side: int, cell: int
) -> None:
    values = extract(crops[:2, :side, :side], build([choice(name)]), cell, side).values
    assert values.shape[:3] == (2, 1, 1)
    assert inside(values, name)


@pytest.mark.parametrize("name", sorted(EXTRACTORS))
def test_batches_of_any_size_give_the_same_bits(
    crops: np.ndarray, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = build([choice(name)])
    together = extract(crops, chosen, 8, 4).values
    monkeypatch.setattr(module, "BATCH", 1)
    np.testing.assert_array_equal(extract(crops, chosen, 8, 4).values, together)
    np.testing.assert_array_equal(extract(crops[::-1], chosen, 8, 4).values, together[::-1])


def test_only_latents_need_more_than_the_pictures() -> None:
    others = [choice(name) for name in EXTRACTORS if name != "latents"]
    assert reads(build(others)) == ()
    assert reads(build([*others, choice("latents")])) == ("base",)


def test_every_registered_extractor_fills_its_channels_within_their_range(
    crops: np.ndarray,
) -> None:
    values, names, units, weights = extract(crops, ALL, 8, 4)
    described = channels(ALL)
    assert values.dtype == np.float32
    assert values.shape == (14, 6, 10, len(described))
    assert names == tuple(channel.name for channel in described)
    assert units == tuple(channel.units for channel in described)
    assert len(set(names)) == len(names)
    assert weights.shape == (len(names),)
    for channel, column in zip(described, np.moveaxis(values, -1, 0), strict=True):
        assert channel.low - 1e-4 <= column.min(), channel.name
        assert column.max() <= channel.high + 1e-4, channel.name


def test_weights_follow_the_extractors(crops: np.ndarray) -> None:
    chosen = build([{"name": "position", "weight": 0.25}, {"name": "lab", "weight": 2.0}])
    found = extract(crops[:1], chosen, 8, 8)
    assert found.names == ("x", "y", "L", "a", "b")
    assert found.weights.tolist() == [0.25, 0.25, 2.0, 2.0, 2.0]


def test_a_picture_has_the_same_features_in_any_batch(crops: np.ndarray) -> None:
    many = np.concatenate([crops] * 6)
    together = extract(many, ALL, 8, 4).values
    alone = [extract(picture[None], ALL, 8, 4).values[0] for picture in crops]
    np.testing.assert_array_equal(together, np.stack(alone * 6))
    np.testing.assert_array_equal(together[5:72], extract(many[5:72], ALL, 8, 4).values)


def test_pictures_need_not_be_contiguous_and_stay_as_they_are(crops: np.ndarray) -> None:
    flipped = crops[:, ::-1, ::-1]
    flipped.flags.writeable = False
    np.testing.assert_array_equal(
        extract(flipped, ALL, 8, 4).values, extract(flipped.copy(), ALL, 8, 4).values
    )


def test_no_pictures_give_no_rows() -> None:
    assert extract(np.zeros((0, 16, 16, 3), np.uint8), ALL, 8, 4).values.shape[:3] == (0, 4, 4)


@pytest.mark.parametrize(
    "wrong",
    [np.zeros((1, 8, 8, 3)), np.zeros((8, 8, 3), np.uint8), np.zeros((1, 8, 8, 4), np.uint8)],
)
def test_what_is_no_batch_of_pictures_is_refused(wrong: np.ndarray) -> None:
    with pytest.raises(ValueError, match="expected uint8"):
        extract(wrong, ALL, 8, 8)


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ([], "none is chosen; choose among canny, entropy"),
        ([{"name": "colour", "weight": 1.0}], "unknown name 'colour'"),
        ([{"name": "lab"}], "lab: weight: Field required"),
        ([{"name": "lab", "weight": 0.0}], "lab: weight: Input should be greater than 0"),
        ([{"name": "lab", "weight": 1.0, "depth": 3}], "lab: depth"),
        (
            [{"name": "lab", "weight": 1.0}, {"name": "lab", "weight": 2.0}],
            "'lab' is chosen twice",
        ),
    ],
)
def test_wrong_choices_are_refused_in_one_line(choices: list, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        build(choices)
    assert "\n" not in str(caught.value)
