"""The page of a table: every clip on it, and a sheet that does not grow with the table."""

import cv2
import numpy as np

from tasks.video.files import gallery
from tasks.video.files.overview import Overview


def overview(value: int) -> Overview:
    """Return the overview of a clip of one grey."""
    found = Overview(8)
    for _ in range(8):
        found.add(np.full((24, 48, 3), value, np.uint8))
    return found


def test_every_clip_is_on_the_page_and_of_many_some_are_on_the_sheet(tmp_path, monkeypatch):
    monkeypatch.setattr(gallery, "ROWS", 3)
    shown = gallery.Gallery(6)
    for number in range(6):
        measures = {"motion": 0.5} if number == 4 else {}
        shown.add(gallery.Entry(f"clip {number}", "<sea>", measures), overview(40 * number))
    shown.write(tmp_path)
    page = (tmp_path / gallery.PAGE).read_text()
    assert [f'src="clip%20{number}.mp4"' in page for number in range(6)] == [True] * 6
    assert "3 of the clips" in page
    assert "&lt;sea&gt;" in page
    assert (tmp_path / gallery.METRICS).read_text() == '{\n "clip 4": {\n  "motion": 0.5\n }\n}\n'
    sheet = cv2.imread(str(tmp_path / gallery.SHEET))
    assert sheet is not None
    rows = sheet[:: gallery.HEIGHT + gallery.GAP, 0, 0]
    assert rows.tolist() == [0, 80, 160]
    assert len(shown.rows) == 3
