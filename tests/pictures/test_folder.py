import os

import numpy as np
import pytest
from PIL import Image

from tasks.core.errors import InputError
from tasks.pictures import folder
from tasks.pictures.folder import Folder


@pytest.fixture
def home(tmp_path):
    for index, name in enumerate(["b.png", "a.jpg", "deep/c.png"]):
        path = tmp_path / "home" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((8, 8, 3), 40 * index, np.uint8)).save(path)
    return tmp_path / "home"


def read(home, pattern="**/*"):
    return Folder()(home, pattern, 10_000)


def test_pictures_are_found_at_any_depth_in_the_order_of_their_names(home):
    (home / "notes.md").write_text("not a picture")
    assert [p.name for p in read(home)] == ["a", "b", "deep-c"]
    assert [p.name for p in read(home, "*.png")] == ["b"]


def test_captions_come_from_the_table_then_from_text_files(home):
    (home / "captions.jsonl").write_text(
        '{"file_name": "deep/c.png", "text": "a  deep \\n thing"}\n'
    )
    (home / "b.txt").write_text("a bee\n")
    assert [p.caption for p in read(home)] == ["a photo", "a bee", "a deep thing"]


def test_a_changed_picture_has_another_digest(home):
    before = {p.name: p.digest for p in read(home)}
    Image.fromarray(np.full((8, 8, 3), 9, np.uint8)).save(home / "b.png")
    after = {p.name: p.digest for p in read(home)}
    assert [name for name in before if before[name] != after[name]] == ["b"]


def test_a_wrong_line_of_captions_is_named(home):
    (home / "captions.jsonl").write_text('{"file_name": "a.jpg", "text": "x"}\nnonsense\n')
    with pytest.raises(InputError, match=r"captions\.jsonl: line 2"):
        read(home)


def test_a_caption_of_no_picture_is_told_and_blank_lines_are_not(home, caplog):
    (home / "captions.jsonl").write_text('\n{"file_name": "a.jpg", "text": "x"}\n\n')
    assert next(iter(read(home))).caption == "x"
    assert not caplog.records
    (home / "captions.jsonl").write_text('{"file_name": "A.jpg", "text": "x"}\n')
    assert next(iter(read(home))).caption == "a photo"
    assert "1 of 1 names are not there, the first is A.jpg" in caplog.text


def test_a_missing_folder_and_an_empty_one_are_named(home, tmp_path):
    with pytest.raises(InputError, match=r"pictures\.folder: .*nowhere is no folder"):
        read(tmp_path / "nowhere")
    with pytest.raises(InputError, match=r"pictures\.folder: no file"):
        read(home, "*.webp")


def test_a_named_pipe_is_refused(home):
    os.mkfifo(home / "pipe")
    with pytest.raises(InputError, match="pipe is no regular file"):
        folder.check(home)


def test_a_link_out_of_the_folder_and_a_broken_one_are_refused(home, tmp_path):
    (home / "in.png").symlink_to(home / "b.png")
    folder.check(home)
    (tmp_path / "secret.png").write_bytes(b"")
    (home / "out.png").symlink_to(tmp_path / "secret.png")
    with pytest.raises(InputError, match=r"out\.png is no regular file inside"):
        folder.check(home)
    (home / "out.png").unlink()
    (home / "gone.png").symlink_to(home / "nothing.png")
    with pytest.raises(InputError, match=r"gone\.png cannot be read"):
        folder.check(home)


def test_two_pictures_of_one_name_are_refused(home):
    Image.new("RGB", (8, 8)).save(home / "a.png")
    with pytest.raises(InputError, match=r"a\.png: has the same name as .*a\.jpg"):
        read(home)


def test_a_loop_of_links_and_a_name_that_is_no_text_are_refused(home):
    (home / "x").symlink_to(home / "y")
    (home / "y").symlink_to(home / "x")
    with pytest.raises(InputError, match="cannot be read"):
        folder.check(home)
    (home / "x").unlink()
    (home / "y").unlink()
    (home / os.fsdecode(b"bad\xff.png")).write_bytes(b"")
    with pytest.raises(InputError, match="no UTF-8"):
        folder.check(home)


def test_a_caption_that_is_no_text_is_named(home):
    (home / "captions.jsonl").write_text('{"file_name": "a.jpg", "text": null}\n')
    with pytest.raises(InputError, match="line 1"):
        read(home)
