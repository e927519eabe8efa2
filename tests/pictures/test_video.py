import cv2
import numpy as np
import pytest
from imageio_ffmpeg import write_frames

from tasks.core.errors import InputError
from tasks.pictures.video import Video


@pytest.fixture
def home(tmp_path):
    writer = write_frames(str(tmp_path / "clip.mp4"), (64, 48), fps=10, macro_block_size=1)
    writer.send(None)
    for index in range(10):
        writer.send(np.full((48, 64, 3), 20 * index, np.uint8).tobytes())
    writer.close()
    return tmp_path


def test_every_nth_frame_is_a_photograph(home):
    found = Video(every=4)(home, "**/*", 10_000)
    assert [p.name for p in found] == ["clip-000000", "clip-000004", "clip-000008"]
    levels = [float(p.pixels().mean()) for p in found]
    np.testing.assert_allclose(levels, [0, 80, 160], atol=6)
    assert len({p.digest for p in found}) == 3


def test_frames_are_alike_in_any_order(home):
    found = Video(every=2)(home, "**/*", 10_000)
    forth = [p.pixels() for p in found]
    back = [p.pixels() for p in reversed(found)]
    np.testing.assert_array_equal(forth, back[::-1])


def test_a_pass_over_a_video_decodes_each_frame_once(home, monkeypatch):
    opened = []

    def open_film(path):
        opened.append(path)
        return capture(path)

    capture = cv2.VideoCapture
    found = Video(every=1)(home, "**/*", 10_000)
    monkeypatch.setattr(cv2, "VideoCapture", open_film)
    for photograph in found:
        photograph.pixels()
    assert len(opened) == 1


def test_a_damaged_video_is_named(home):
    (home / "bad.mp4").write_bytes(b"nonsense")
    with pytest.raises(InputError, match=r"bad\.mp4: no frame"):
        Video(every=4)(home, "**/*", 10_000)


def test_a_video_over_the_limit_is_named(home):
    with pytest.raises(InputError, match="64x48"):
        Video(every=4)(home, "**/*", 100)
