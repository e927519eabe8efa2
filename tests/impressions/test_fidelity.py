"""Structure fidelity."""

import numpy as np
import pytest

from tasks.impressions.fidelity import LOWER_IS_BETTER, METRICS, channel, compare, summary


@pytest.fixture(scope="module")
def maps(read, photographs):
    return read(photographs)


def test_identical_pictures_have_perfect_fidelity(read, photographs, maps):
    found = compare(maps, photographs, photographs, read)
    assert set(found) == set(METRICS)
    for name, values in found.items():
        np.testing.assert_allclose(
            values, 0 if name in LOWER_IS_BETTER else 1, atol=1e-9, err_msg=name
        )


def test_stored_maps_in_half_precision_change_nothing(read, photographs, maps):
    outputs = photographs[::-1]
    found = compare(maps.astype(np.float16), photographs, outputs, read)
    for name, values in compare(maps, photographs, outputs, read).items():
        np.testing.assert_array_equal(found[name], values, err_msg=name)


def test_other_pictures_have_less_fidelity_than_noisy_ones(read, photographs, maps):
    noise = np.random.default_rng(0).normal(0, 8, photographs.shape)
    noisy = np.clip(photographs + noise, 0, 255).astype(np.uint8)
    near = summary(compare(maps, photographs, noisy, read))
    far = summary(compare(maps, photographs, np.roll(photographs, 1, axis=0), read))
    for name in METRICS:
        assert (near[name] < far[name]) == (name in LOWER_IS_BETTER), name
    assert near["luma_correlation"] > 0.95
    assert far["luma_correlation"] < 0.7


def test_a_grey_output_has_no_structure(read, photographs, maps):
    grey = np.full_like(photographs, 128)
    found = compare(maps, photographs, grey, read)
    assert (found["luma_correlation"] == 0).all()
    assert (found["edge_correlation"] == 0).all()
    assert (found["source_luma_correlation"] == 0).all()
    assert (found["edge_f1"] == 0).all()


def test_lab_error_of_a_shift_in_lightness_is_the_shift(read):
    dark, light = (np.full((1, 64, 64, 3), value, np.uint8) for value in (100, 130))
    found = compare(read(dark), dark, light, read)
    expected = read.cells(light)[0, 0, 0, 0] - read.cells(dark)[0, 0, 0, 0]
    assert found["lab_error"][0] == pytest.approx(expected, abs=1e-3)


def test_agreement_within_one_counts_the_same_basin_and_those_next_to_it(read, photographs, maps):
    found = compare(maps, photographs, np.roll(photographs, 3, axis=0), read)
    assert (found["cluster_agreement"] <= found["cluster_agreement_within_1"]).all()
    basin = read.basins.cluster.ravel()[read.units(photographs)]
    other = basin[np.roll(np.arange(8), 3)]
    np.testing.assert_allclose(found["cluster_agreement"], (basin == other).mean(axis=(1, 2)))
    near = read.basins.adjacent[basin, other].mean(axis=(1, 2))
    np.testing.assert_allclose(found["cluster_agreement_within_1"], near)


def test_source_correlations_are_taken_from_the_cells_and_not_from_their_nodes(
    read, photographs, maps
):
    outputs = np.roll(photographs, 1, axis=0)
    found = compare(maps, photographs, outputs, read)
    edges = (read.cells(each)[..., 4].reshape(8, -1) for each in (photographs, outputs))
    expected = [np.corrcoef(a, b)[0, 1] for a, b in zip(*edges, strict=True)]
    np.testing.assert_allclose(found["source_edge_correlation"], expected, atol=1e-6)
    assert np.abs(found["source_edge_correlation"] - found["edge_correlation"]).max() > 1e-3


def test_a_picture_is_measured_alone(read, photographs, maps):
    outputs = np.roll(photographs, 1, axis=0)
    together = compare(maps, photographs, outputs, read)
    alone = [compare(maps[[i]], photographs[[i]], outputs[[i]], read) for i in range(len(maps))]
    for name in METRICS:
        np.testing.assert_array_equal(
            together[name], np.concatenate([each[name] for each in alone]), err_msg=name
        )


def test_the_summary_is_the_mean_over_pictures():
    assert summary({"lab_error": np.array([1.0, 2.0, 6.0])}) == {"lab_error": 3.0}


def test_pictures_of_another_size_and_missing_channels_are_refused(read, photographs, maps):
    with pytest.raises(ValueError, match="outputs: shape is"):
        compare(maps, photographs, photographs[:, :32, :32], read)
    with pytest.raises(ValueError, match="fidelity needs 'edge'"):
        channel(maps, "edge", ["luma"])
