"""Cells that stray on the map: tangent shimmer, codebook look-up, both with waves."""

import numpy as np
import pytest

from tasks.core import registry
from tasks.core.errors import InputError
from tasks.som.lattices.lattice import Rect
from tasks.video.frames.canonical_keyframes import CanonicalKeyframes
from tasks.video.frames.grouped import displaced_maps
from tasks.video.motions.atlas import Atlas
from tasks.video.motions.codebook_lookup import CodebookLookup, looked_up
from tasks.video.motions.displacement import Displacement
from tasks.video.motions.position_waves import PositionWaves
from tasks.video.motions.tangent_shimmer import TangentShimmer, along_tangents
from tasks.video.motions.warping import enlarge_maps
from tasks.video.motions.waves_and_shimmer import WavesAndShimmer
from tasks.video.registry import MOTIONS
from tasks.video.scene import Scene
from tests.video.toy import SIZE, ToyPainter

NODES, CELLS, FRAMES, CHANNELS = 9, 16, 8, 7
WAVES = {
    "name": "position_waves",
    "amplitude": 0.01,
    "smoothing": 0.1,
    "coherence": 1.0,
    "least_determinant": 0.5,
}
SHIMMER = {"name": "tangent_shimmer", "amplitude": 0.4, "smoothing": 0.1, "coherence": 1.0}
BOTH = {"name": "waves_and_shimmer", "waves": WAVES, "shimmer": SHIMMER}
SHIMMERS = [TangentShimmer(0.4, 0.1, 1.0), CodebookLookup(0.4, 0.1, 1.0)]


@pytest.fixture
def phase() -> np.ndarray:
    row, col = np.mgrid[:NODES, :NODES] / NODES
    turn = np.arange(FRAMES)[:, None, None] / FRAMES
    return 2 * np.pi * (turn + 0.5 * col + 0.2 * row)


def made(table: np.ndarray, *, torus: bool = False) -> Atlas:
    """Return the atlas of a picture that covers the map."""
    y, x = np.mgrid[:CELLS, :CELLS] / (CELLS - 1) * (NODES - 1)
    units = np.rint(y) * NODES + np.rint(x)
    flat = table.reshape(NODES * NODES, -1).astype(np.float64)
    return Atlas(
        table.astype(np.float32),
        Rect(NODES, NODES).tangents(flat),
        units.astype(np.int32),
        np.stack([y, x], axis=-1),
        torus,
    )


@pytest.fixture
def atlas() -> Atlas:
    return made(np.random.default_rng(0).uniform(0.2, 0.8, (NODES, NODES, CHANNELS)))


def still(atlas: Atlas) -> np.ndarray:
    return np.moveaxis(atlas.table.reshape(NODES * NODES, -1)[atlas.units], -1, 0)


def scene(atlas: Atlas, displacement: Displacement) -> Scene:
    return Scene("toy", "a toy", still(atlas), displacement, 1, atlas)


def ramp() -> np.ndarray:
    """Return a table that is linear on the map: rows, columns."""
    row, col = np.mgrid[:NODES, :NODES] / (2 * NODES)
    return np.stack([row + 0.2, col + 0.2], axis=-1)


def test_on_a_linear_map_both_follow_the_slope() -> None:
    atlas = made(ramp())
    stray = np.random.default_rng(1).uniform(-0.4, 0.4, (CELLS, CELLS, 2)).astype(np.float32)
    stray[[0, -1]] = stray[:, [0, -1]] = 0  # nothing lies beyond the border to be looked up
    slope = np.moveaxis(stray, -1, 0) / (2 * NODES)
    tangent = along_tangents(atlas, still(atlas), stray)
    np.testing.assert_allclose(tangent, still(atlas) + slope, atol=1e-6)
    found = looked_up(atlas, still(atlas), stray)
    np.testing.assert_allclose(found, atlas.read(atlas.coordinates) + slope, atol=1e-6)


def test_tangents_keep_the_still_impression_and_the_range(atlas: Atlas) -> None:
    nothing = np.zeros((CELLS, CELLS, 2), np.float32)
    assert np.array_equal(along_tangents(atlas, still(atlas), nothing), still(atlas))
    far = along_tangents(atlas, still(atlas), nothing + 20)
    assert far.min() == 0
    assert far.max() == 1


def test_a_look_up_stays_within_what_the_nodes_show(atlas: Atlas) -> None:
    stray = np.random.default_rng(2).uniform(-3, 3, (CELLS, CELLS, 2)).astype(np.float32)
    found = looked_up(atlas, still(atlas), stray)
    for channel in range(CHANNELS):
        assert found[channel].min() >= atlas.table[..., channel].min()
        assert found[channel].max() <= atlas.table[..., channel].max()


def test_a_look_up_at_a_node_is_that_node(atlas: Atlas) -> None:
    there = np.stack(np.divmod(atlas.units, NODES), axis=-1).astype(np.float64)
    np.testing.assert_allclose(atlas.read(there), still(atlas), atol=1e-6)


def test_a_torus_goes_on_beyond_its_border() -> None:
    table = np.random.default_rng(3).random((NODES, NODES, 2))
    one = made(table, torus=True)
    turned = one.coordinates + NODES * np.array([1.0, -2.0])
    np.testing.assert_allclose(one.read(turned), one.read(one.coordinates), atol=1e-6)
    half = np.full((CELLS, CELLS, 2), (NODES - 0.5, 0.0))
    np.testing.assert_allclose(
        one.read(half)[:, 0, 0], (table[0, 0] + table[-1, 0]) / 2, rtol=1e-6
    )


@pytest.mark.parametrize("shimmer", SHIMMERS)
def test_a_shimmer_changes_the_impression_and_moves_nothing(shimmer, phase, atlas) -> None:
    place = scene(atlas, shimmer(phase, atlas.coordinates))
    assert place.displacement.strays
    assert not place.displacement.at(3, *SIZE).any()
    assert np.abs(place.displacement.stray).max() <= 0.4
    changes = [np.abs(place.impression(t) - place.impression(0.0)).mean() for t in (0.25, 0.5)]
    assert 0 < changes[0] < changes[1]
    np.testing.assert_allclose(place.impression(1 - 1e-12), place.impression(0.0), atol=1e-6)


@pytest.mark.parametrize("shimmer", [TangentShimmer(0.0, 0.1, 1.0), CodebookLookup(0.0, 0.1, 1.0)])
def test_no_amplitude_is_no_shimmer(shimmer, phase, atlas) -> None:
    place = scene(atlas, shimmer(phase, atlas.coordinates))
    assert np.array_equal(place.impression(0.3), place.impression(0.7))


def test_between_frames_cells_are_between(phase, atlas) -> None:
    place = scene(atlas, SHIMMERS[0](phase, atlas.coordinates))
    ends = place.impression(2 / FRAMES) + place.impression(3 / FRAMES)
    np.testing.assert_allclose(place.impression(2.5 / FRAMES), ends / 2, atol=1e-6)


def test_both_displace_as_the_waves_and_shimmer_as_the_shimmer(phase, atlas) -> None:
    both = registry.build(MOTIONS, BOTH, what="video.motion")(phase, atlas.coordinates)
    waves = PositionWaves(0.01, 0.1, 1.0, 0.5)(phase, atlas.coordinates)
    shimmer = SHIMMERS[0](phase, atlas.coordinates)
    assert np.array_equal(both.grid, waves.grid)
    assert (both.amplitude, both.requested) == (waves.amplitude, waves.requested)
    assert np.array_equal(both.stray, shimmer.stray)
    for time in (0.0, 0.4):
        one, other = scene(atlas, both), scene(atlas, shimmer)
        assert np.array_equal(one.impression(time), other.impression(time))


def test_waves_alone_leave_the_impression_as_it_is(phase, atlas) -> None:
    place = scene(atlas, PositionWaves(0.01, 0.1, 1.0, 0.5)(phase, atlas.coordinates))
    assert not place.displacement.strays
    assert place.impression(0.4) is place.maps


def test_every_channel_is_displaced_alike_after_it_has_shimmered(phase) -> None:
    atlas = made(np.repeat(ramp()[..., :1], CHANNELS, axis=-1))
    both = registry.build(MOTIONS, BOTH, what="video.motion")(phase, atlas.coordinates)
    maps = displaced_maps(scene(atlas, both), SIZE, range(FRAMES))
    assert all(np.array_equal(maps[:, channel], maps[:, 0]) for channel in range(CHANNELS))
    assert np.abs(maps[3] - maps[0]).max() > 0.01


def test_a_shimmering_frame_alone_is_the_frame_of_the_run(phase, atlas) -> None:
    both = WavesAndShimmer(WAVES, SHIMMER)(phase, atlas.coordinates)
    way = CanonicalKeyframes(every=1, strength=0.5, noise=0.0, upscale=1)
    film = way(scene(atlas, both), ToyPainter())
    run = [film.frame(number) for number in range(FRAMES)]
    assert np.array_equal(way(scene(atlas, both), ToyPainter()).frame(5), run[5])
    quiet = CanonicalKeyframes(every=1, strength=0.5, noise=0.0, upscale=1)(
        scene(atlas, PositionWaves(0.01, 0.1, 1.0, 0.5)(phase, atlas.coordinates)), ToyPainter()
    )
    assert not np.array_equal(quiet.frame(5), run[5])


def test_a_keyframe_that_is_hardly_painted_anew_still_shimmers(phase, atlas) -> None:
    place = scene(atlas, SHIMMERS[0](phase, atlas.coordinates))
    way = CanonicalKeyframes(every=2, strength=1e-6, noise=0.0, upscale=1)
    keys = way.keyframes(place, ToyPainter()).astype(np.float64)
    maps = [enlarge_maps(place.impression(k / 4), *SIZE)[:3] for k in range(4)]
    change = 255 * np.moveaxis(maps[2] - maps[0], 0, -1)
    np.testing.assert_allclose(keys[2], np.clip(keys[0] + change, 0, 255), atol=0.51)
    assert np.abs(keys[2] - keys[0]).max() > 10


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ({**BOTH, "shimmer": WAVES}, "motion.shimmer: name: choose one of codebook_lookup"),
        ({**BOTH, "waves": SHIMMER}, "motion.waves: name: choose a motion that displaces"),
        ({**BOTH, "waves": {"name": "uniform"}}, "video.motion.waves: uniform: amplitude"),
        ({**SHIMMER, "amplitude": 1.5}, "tangent_shimmer: amplitude"),
    ],
)
def test_wrong_choices_are_refused_by_name(choice: dict, said: str) -> None:
    with pytest.raises(InputError) as told:
        registry.build(MOTIONS, choice, what="video.motion")
    assert said in str(told.value)
    assert "\n" not in str(told.value)


def test_a_missing_atlas_is_named(phase, atlas) -> None:
    place = Scene("toy", "", still(atlas), SHIMMERS[0](phase, atlas.coordinates), 1)
    with pytest.raises(ValueError, match="atlas"):
        place.impression(0.0)
