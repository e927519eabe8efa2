"""The contact sheet: every picture, in order, in few bytes."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from flows import contact_sheet

COLOURS = [(200, 30, 30), (30, 200, 30), (30, 30, 200)]


@pytest.fixture
def folder(tmp_path):
    """A folder with three plain pictures, two of them deep inside, and what is none."""
    (tmp_path / "b/deep").mkdir(parents=True)
    for name, colour in zip(("a.png", "b/b.webp", "b/deep/c.jpg"), COLOURS, strict=True):
        Image.new("RGB", (120, 60), colour).save(tmp_path / name, quality=95)
    (tmp_path / "page.html").write_text("")
    return tmp_path


def test_the_pictures_stand_side_by_side_in_order(folder):
    found = contact_sheet.pictures([folder / "a.png", folder / "b", folder / "page.html"])
    assert [path.name for path in found] == ["a.png", "b.webp", "c.jpg"]
    whole = np.asarray(contact_sheet.sheet(found), dtype=int)
    assert whole.shape == (contact_sheet.HEIGHT, contact_sheet.WIDTH, 3)
    for place, colour in enumerate(COLOURS):
        left = place * (2 * contact_sheet.HEIGHT + contact_sheet.GAP)
        assert np.abs(whole[40, left + 20] - colour).max() < 12
    assert (whole[:, left + 2 * contact_sheet.HEIGHT :] == 255).all()


def test_of_many_pictures_some_are_shown_evenly_chosen(folder, monkeypatch):
    monkeypatch.setattr(contact_sheet, "MOST", 2)
    found = contact_sheet.pictures([folder])
    assert [path.name for path in found] == ["a.png", "b.webp"]


def test_the_address_is_the_image_and_stays_small():
    noise = np.random.default_rng(0).integers(0, 256, (1600, 960, 3), dtype=np.uint8)
    text = contact_sheet.address(Image.fromarray(noise))
    assert len(text) <= contact_sheet.LIMIT
    kind, _, data = text.partition(",")
    assert kind == "data:image/webp;base64"
    with Image.open(io.BytesIO(base64.b64decode(data))) as shown:
        assert shown.width / shown.height == pytest.approx(0.6, abs=0.01)
