import numpy as np
import pytest

from tasks.core.errors import InputError
from tasks.features.extract import build, channels, extract
from tasks.features.registry import EXTRACTORS

ALL = build([{"name": name, "weight": 0.5 + index} for index, name in enumerate(EXTRACTORS)])


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
        ([], "none is chosen; choose among lab, luminance"),
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
