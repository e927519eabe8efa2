"""Sources: sheets, their crops, and the two sides of the split."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from tasks.artifacts.impressions import IMPRESSIONS
from tasks.artifacts.pictures import PHOTOGRAPHS, PICTURES, TRAIN
from tasks.core import store
from tasks.core.errors import InputError
from tasks.core.registry import build
from tasks.orientation import crops
from tasks.orientation.registry import SOURCES
from tasks.orientation.sources.sheet import FLAT, Sheet, Window, find, spread
from tests import stores

PRINTS = {"name": "prints", "sheets": 4, "least": 5.5, "most": 8.0}
FOLDER = {"name": "folder", "pattern": "*.png", "shrink": 1.0, "grouped": True, "contrast": 16.0}


def sheets(choice: dict, folder: Path = Path(), size: int = 16) -> list[Sheet]:
    return build(SOURCES, choice, what="orientation.source")(folder, size, 0)


def write(folder: Path, names: list[str], side: int = 40) -> None:
    rng = np.random.default_rng(0)
    for name in names:
        picture = rng.integers(0, 256, (side, side), dtype=np.uint8)
        cv2.imwrite(str(folder / f"{name}.png"), picture)


def plain(pixels: np.ndarray) -> Sheet:
    return Sheet("a.png", "a", "", lambda: pixels)


@pytest.mark.parametrize("choice", [PRINTS, {"name": "textures", "shrink": 2.0}])
def test_the_same_seed_gives_the_same_crops(choice):
    first, again = (
        [crops.make(cut, 16, 0) for cut in crops.plan(sheets(choice), 24, 6, 0)] for _ in range(2)
    )
    for here, there in zip(first, again, strict=True):
        np.testing.assert_array_equal(here, there)
    assert sum(len(each) for each in first) == 30
    assert all(one.std() >= FLAT for each in first for one in each)


def test_prints_and_their_crops_have_seeds_of_their_own():
    found = sheets(PRINTS)
    pictures = [sheet.pixels() for sheet in found]
    assert pictures[0].shape == (32, 32)
    assert not np.array_equal(pictures[0], pictures[1])


def test_quarters_of_a_texture_have_no_pixel_in_common():
    found = [sheet.pixels() for sheet in sheets({"name": "textures", "shrink": 1.0})]
    assert len(found) == 12
    whole = np.block([[found[0], found[1]], [found[2], found[3]]])
    assert whole.shape == (512, 512)
    assert len({each.tobytes() for each in found}) == 12


def test_impressions_of_one_finger_lie_on_one_side(tmp_path):
    write(tmp_path, [f"{finger}_{number}" for finger in "abcdef" for number in (1, 2, 3)])
    planned = crops.plan(sheets(FOLDER, tmp_path), 36, 12, 0)
    held = {cut.sheet.group for cut in planned if cut.held_out}
    learned = {cut.sheet.group for cut in planned if not cut.held_out}
    assert held
    assert not held & learned
    assert held | learned == set("abcdef")


def test_crops_are_spread_evenly():
    some = [plain(np.zeros((8, 8), np.uint8))] * 4
    assert spread(some, 10) == [3, 3, 2, 2]


def test_a_picture_smaller_than_the_crop_is_named():
    with pytest.raises(InputError, match=r"a\.png: 20x12 pixels, smaller than a crop of 16"):
        find(
            plain(np.zeros((12, 20), np.uint8)),
            np.zeros((12, 20), np.uint8),
            16,
            np.random.default_rng(0),
        )


def test_a_constant_picture_is_named(tmp_path):
    write(tmp_path, ["a_1", "b_1"])
    cv2.imwrite(str(tmp_path / "c_1.png"), np.full((40, 40), 90, np.uint8))
    flat = next(sheet for sheet in sheets(FOLDER, tmp_path) if sheet.group == "c")
    with pytest.raises(InputError, match=r"c_1\.png: constant.*remove the picture"):
        crops.make(crops.Cut(flat, 3, held_out=False), 16, 0)


def test_a_single_group_cannot_be_split(tmp_path):
    write(tmp_path, ["a_1", "a_2"])
    with pytest.raises(InputError, match=r"orientation\.source: 1 group"):
        crops.plan(sheets(FOLDER, tmp_path), 4, 2, 0)


def test_a_missing_folder_is_named_with_its_parameter(tmp_path):
    with pytest.raises(InputError, match=r"orientation\.folder: .*nowhere is no folder"):
        sheets(FOLDER, tmp_path / "nowhere")


def test_seats_go_with_the_pixels_that_they_belong_to():
    values = np.arange(8, dtype=np.float32).reshape(2, 4)
    whole = np.stack([np.repeat(values, 2, 0), -np.repeat(values, 2, 0)])
    pixels = np.repeat(np.repeat(whole[0], 8, 0), 8, 1).astype(np.uint8)
    for mirrored in (False, True):
        window = Window(8, 4, 16, mirrored)
        found = window.seats(whole, (32, 32), 4)
        np.testing.assert_array_equal(found[0], window.pixels(pixels)[2::4, 2::4])
        np.testing.assert_array_equal(found[1], -found[0])


def impressions(channels: list[str]) -> None:
    """Write six pictures, one of them held out, and impressions whose clusters are their greys."""
    rows = np.linspace(0, 1, 4).round(2)
    maps = np.broadcast_to(rows[:, None], (6, 2, 4, 4)).astype(np.float16)
    grey = np.repeat(np.repeat((maps[:, 0] * 255).astype(np.uint8), 8, 1), 8, 2)
    names = ["a", "b", "c", "d", "e", "f"]
    coords = {"picture": np.repeat(grey[..., None], 3, -1), "source": names}
    with store.output("pictures") as folder:
        sizes = {"picture": 6, "y": 32, "x": 32, "channel": 3}
        split = [TRAIN] * 5 + [PHOTOGRAPHS]
        coords["split"] = split
        stores.create(folder / "pictures.zarr", PICTURES, sizes, coords=coords)
    with store.output("impressions") as folder:
        sizes = {"picture": 6, "channel": 2, "y": 4, "x": 4}
        coords = {"impression": maps, "channel": channels}
        stores.create(folder / "impressions.zarr", IMPRESSIONS, sizes, coords=coords)


def test_the_projects_own_pictures_come_with_their_clusters(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    impressions(["cluster_row", "cluster_col"])
    found = sheets({"name": "impressions"}, Path("data/impressions"))
    assert [sheet.group for sheet in found] == ["a", "b", "c", "d", "e"]
    cut = crops.Cut(found[1], 5, held_out=False)
    made, seats = crops.make(cut, 16, 0), crops.seats(cut, 16, 4, 0)
    assert made.shape == (5, 16, 16)
    assert seats is not None
    assert seats.shape == (5, 2, 4, 4)
    assert seats.dtype == np.float32
    expected = made[:, 2::4, 2::4] / 127.5 - 1
    np.testing.assert_allclose(seats[:, 0], expected, atol=0.01)


def test_pictures_without_clusters_or_of_another_folder_are_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    impressions(["luma", "edge"])
    with pytest.raises(InputError, match="show no clusters; add"):
        sheets({"name": "impressions"}, Path("data/impressions"))
    with pytest.raises(InputError, match=r"orientation\.folder: data/inbox; .*data/impressions"):
        sheets({"name": "impressions"}, Path("data/inbox"))
