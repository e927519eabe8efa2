"""From pictures to impressions."""

import numpy as np
import pytest

from tasks.artifacts.impressions import CHANNELS
from tasks.core.errors import InputError
from tasks.impressions.extract import extractor


def test_an_impression_has_a_value_between_zero_and_one_for_each_cell_and_channel(
    read, photographs
):
    maps = read(photographs)
    assert read.channels == CHANNELS
    assert maps.shape == (8, 7, 16, 16)
    assert maps.dtype == np.float32
    assert maps.min() >= 0
    assert maps.max() <= 1


def test_a_plain_picture_shows_its_own_colour_where_a_node_has_it(read, dataset):
    lightest, darkest = dataset.codebook.values[-1, -1], dataset.codebook.values[0, 0]
    for prototype, shade in ((lightest, 255), (darkest, 0)):
        maps = read(np.full((1, 64, 64, 3), shade, np.uint8))
        colour = maps[0, :3, 8, 8]
        assert np.ptp(maps[0, 3]) < 1e-3
        assert np.abs(colour - shade / 255).max() < 0.25
        assert abs(prototype[0] / 100 - shade / 255) < 0.25


def test_the_cell_at_a_node_shows_the_nodes_colour(read, dataset):
    cells = dataset.codebook.values.astype(np.float32)[None]
    np.testing.assert_array_equal(read.match(cells)[0].ravel(), np.arange(64))
    np.testing.assert_array_equal(read.decode(read.match(cells))[0].reshape(7, -1).T, read.table)


def test_a_picture_alone_gives_what_it_gives_among_others(read, photographs):
    together = read(photographs)
    alone = np.concatenate(
        [read(photographs[index : index + 1]) for index in range(len(photographs))]
    )
    np.testing.assert_array_equal(together, alone)
    np.testing.assert_array_equal(read(photographs[::-1])[::-1], together)


def test_half_precision_holds_an_impression_exactly(read, photographs):
    maps = read(photographs)
    np.testing.assert_array_equal(maps.astype(np.float16).astype(np.float32), maps)


@pytest.mark.parametrize(("height", "width"), [(32, 32), (64, 96), (128, 64)])
def test_any_size_that_the_stride_divides_is_served(read, height, width):
    pictures = np.random.default_rng(0).integers(0, 256, (2, height, width, 3), dtype=np.uint8)
    assert read(pictures).shape == (2, 7, height // 4, width // 4)
    assert read.units(pictures).shape == (2, height // 4, width // 4)


def test_a_picture_smaller_than_a_cell_is_read_or_refused_in_one_line(read):
    assert read(np.zeros((1, 4, 4, 3), np.uint8)).shape == (1, 7, 1, 1)
    with pytest.raises(ValueError, match="stride is 4; it must divide the picture's 3 x 3 pixels"):
        read(np.zeros((1, 3, 3, 3), np.uint8))


def test_lab_is_taken_from_the_features_by_name(read, photographs):
    cells = read.cells(photographs)
    np.testing.assert_array_equal(read.lab(cells), cells[..., :3].astype(np.float64))


def test_a_feature_that_no_extractor_gives_is_refused_by_name(read, photographs):
    with pytest.raises(InputError, match=r"none gives 'x', which is measured"):
        read.feature(read.cells(photographs), "x")


def test_a_map_of_other_features_is_refused_with_what_to_run(dataset):
    with pytest.raises(
        InputError, match=r"gives L, a, b, but the map was trained on .*; run: dvc repro som"
    ):
        extractor(dataset, [{"name": "lab", "weight": 1.0}], 8, 4, [{"name": "colour"}])
