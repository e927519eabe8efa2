"""Contact strips."""

import numpy as np
from PIL import Image

from tasks.evaluation import strips


def test_a_strip_holds_the_pictures_side_by_side_without_loss(tmp_path):
    pictures = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3), dtype=np.uint8)
    width, height = strips.save(tmp_path / "strip.webp", pictures, tile=32)
    assert (width, height) == (3 * 32 + 2 * strips.GAP, 32)
    found = np.asarray(Image.open(tmp_path / "strip.webp"))
    for position, picture in enumerate(pictures):
        left = position * (32 + strips.GAP)
        np.testing.assert_array_equal(found[:, left : left + 32, :3], picture)
    assert (found[:, 32 : 32 + strips.GAP, 3] == 0).all()


def test_small_maps_are_enlarged_cell_by_cell(tmp_path):
    cells = np.random.default_rng(0).integers(0, 256, (1, 4, 4, 3), dtype=np.uint8)
    strips.save(tmp_path / "strip.webp", cells, tile=32)
    found = np.asarray(Image.open(tmp_path / "strip.webp"))[..., :3]
    np.testing.assert_array_equal(found, cells[0].repeat(8, axis=0).repeat(8, axis=1))


def test_the_same_pictures_give_the_same_bytes(tmp_path):
    pictures = np.random.default_rng(0).integers(0, 256, (2, 16, 16, 3), dtype=np.uint8)
    for name in ("one", "other"):
        strips.save(tmp_path / f"{name}.webp", pictures, tile=16)
    assert (tmp_path / "one.webp").read_bytes() == (tmp_path / "other.webp").read_bytes()


def test_channels_become_colours_and_greys():
    value = np.array([[[0.0, 0.5, 1.0]]])
    assert strips.grey(value)[0, 0].tolist() == [[0] * 3, [128] * 3, [255] * 3]
    assert strips.colour(value, 1 - value, value)[0, 0, 0].tolist() == [0, 255, 0]


def test_the_corners_of_the_lattice_have_colours_of_their_own():
    row, col = np.array([[[0.0, 0.0, 1.0, 1.0]]]), np.array([[[0.0, 1.0, 0.0, 1.0]]])
    shown = strips.clusters(row, col)[0, 0]
    assert len(np.unique(shown, axis=0)) == 4
    middle = strips.clusters(np.array([[[0.5]]]), np.array([[[0.5]]]))[0, 0, 0]
    np.testing.assert_allclose(middle, strips.CORNERS.mean(axis=(0, 1)), atol=1)
