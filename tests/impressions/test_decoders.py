"""What decoders make of nodes."""

import numpy as np
import pytest

from tasks.core.errors import InputError
from tasks.features import light
from tasks.impressions.basins import Basins
from tasks.impressions.nodes import Nodes, from_codebook
from tasks.impressions.registry import DECODERS, decoders
from tasks.som.lattices.lattice import Rect

COLOURS = np.array(
    [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255], [0, 0, 0], [90, 140, 200]], np.uint8
)


def nodes(**features: np.ndarray) -> Nodes:
    """Return six nodes in two rows of three, whose basins are the left and the right of the
    lattice.
    """
    cluster = np.array([[0, 0, 1], [0, 1, 1]])
    seat = np.where(cluster[..., None] == 0, [1, 0], [0, 2])
    return Nodes(features, Basins(cluster, seat, Rect(2, 3).neighbours()))


def test_colour_shows_the_colour_whose_lab_the_node_holds():
    lab = [channel.ravel() for channel in light.lab(COLOURS[None, None])]
    (decoder,) = decoders([{"name": "colour"}])
    shown = decoder(nodes(**dict(zip(("L", "a", "b"), lab, strict=True))))
    np.testing.assert_allclose(shown, COLOURS / 255, atol=1e-3)


def test_luminance_of_a_grey_is_the_grey_as_it_is_stored():
    greys = np.array([0, 30, 100, 128, 200, 255], np.uint8)
    (decoder,) = decoders([{"name": "luminance"}])
    shown = decoder(nodes(luminance=light.LINEAR[greys]))
    np.testing.assert_allclose(shown[:, 0], greys / 255, atol=1e-4)


def test_edges_are_linear_up_to_the_full_scale_and_then_one():
    (decoder,) = decoders([{"name": "edges", "full_scale": 0.2}])
    shown = decoder(nodes(edge=np.array([0.0, 0.05, 0.1, 0.2, 0.3, 0.7])))
    np.testing.assert_allclose(shown[:, 0], [0, 0.25, 0.5, 1, 1, 1])


def test_clusters_are_the_seats_of_basins_as_fractions_of_the_sides():
    (decoder,) = decoders([{"name": "clusters"}])
    shown = decoder(nodes()).reshape(2, 3, 2)
    np.testing.assert_array_equal(shown[0, 0], [1, 0])
    np.testing.assert_array_equal(shown[1, 2], [0, 1])
    assert len(np.unique(shown.reshape(-1, 2), axis=0)) == 2


def test_heat_is_one_at_the_seat_and_cools_with_the_distance():
    (decoder,) = decoders([{"name": "heat", "basins": 3, "width": 1.0}])
    shown = decoder(nodes()).reshape(2, 3, 3)
    assert decoder.channels == ("heat_1", "heat_2", "heat_3")
    assert (shown[1, 0, 0], shown[0, 2, 1]) == (1, 1)
    np.testing.assert_allclose(shown[0, 1, 0], np.exp(-1))
    assert not shown[..., 2].any()


def test_orientation_is_the_doubled_angle_times_coherence():
    angle = np.array([0, 0.25, 0.5, 0.75, 1.0, 0.1]) * np.pi
    coherence, edge = np.array([1, 0.5, 1, 0.2, 1, 0]), np.array([0.1, 0.2, 0.05, 0.3, 0.1, 0.0])
    features = {
        "edge": edge,
        "edge_cos2": edge * coherence * np.cos(2 * angle),
        "edge_sin2": edge * coherence * np.sin(2 * angle),
    }
    (decoder,) = decoders([{"name": "orientation"}])
    cos, sin = (2 * decoder(nodes(**features)) - 1).T
    np.testing.assert_allclose(np.hypot(cos, sin), coherence, atol=1e-12)
    np.testing.assert_allclose(cos, coherence * np.cos(2 * angle), atol=1e-12)
    np.testing.assert_allclose(cos[0], cos[4])  # half a turn is the same line


def test_a_grating_s_orientation_is_read_off_the_picture():
    from tasks.features.extract import build, extract

    y, x = np.mgrid[0:64, 0:64]
    angle = np.deg2rad(30)
    wave = 127 + 100 * np.sin(0.7 * (x * np.cos(angle) + y * np.sin(angle)))
    picture = np.repeat(wave.astype(np.uint8)[None, ..., None], 3, axis=-1)
    found = extract(picture, build([{"name": "sobel", "weight": 1.0}]), 8, 4)
    middle = found.values[0, 8, 8].astype(np.float64)
    six = {name: np.full(6, value) for name, value in zip(found.names, middle, strict=True)}
    (decoder,) = decoders([{"name": "orientation"}])
    cos, sin = 2 * decoder(nodes(**six))[0] - 1
    assert abs(np.rad2deg(np.arctan2(sin, cos) / 2) - 30) < 2
    assert np.hypot(cos, sin) > 0.9


def test_a_lattice_of_one_row_has_its_seats_at_row_zero():
    (decoder,) = decoders([{"name": "clusters"}])
    seat = np.array([[[0, 0], [0, 3], [0, 3], [0, 3]]])
    basins = Basins(np.array([[0, 1, 1, 1]]), seat, Rect(1, 4).neighbours())
    np.testing.assert_array_equal(decoder(Nodes({}, basins)), [[0, 0], [0, 1], [0, 1], [0, 1]])


@pytest.mark.parametrize("name", sorted(DECODERS))
def test_every_decoder_gives_a_column_per_channel_within_zero_and_one(name):
    fields = {"edges": {"full_scale": 0.1}, "heat": {"basins": 3, "width": 2.0}}.get(name, {})
    (decoder,) = decoders([{"name": name, **fields}])
    rng = np.random.default_rng(0)
    known = ("L", "a", "b", "luminance", "edge", "edge_cos2", "edge_sin2")
    wild = {feature: rng.normal(0, 100, 6) for feature in known}
    shown = decoder(nodes(**wild))
    assert shown.shape == (6, len(decoder.channels))
    assert decoder.units
    assert shown.min() >= 0
    assert shown.max() <= 1


def test_a_decoder_whose_feature_is_missing_says_which_and_what_to_do():
    (decoder,) = decoders([{"name": "luminance"}])
    with pytest.raises(
        InputError, match=r"no feature 'luminance' \(it has edge\); add its extractor"
    ):
        decoder(nodes(edge=np.zeros(6)))


def test_an_unknown_decoder_is_refused_by_name():
    with pytest.raises(InputError, match=r"impressions\.decoders\[1\]: unknown name 'depth'"):
        decoders([{"name": "colour"}, {"name": "depth"}])


def test_nodes_are_numbered_row_by_row():
    codebook = np.arange(12.0).reshape(2, 3, 2)
    found = from_codebook(codebook, ("one", "two"), nodes().basins)
    np.testing.assert_array_equal(found.feature("one").reshape(2, 3), codebook[..., 0])
