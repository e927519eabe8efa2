"""Picture files and what they say."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tasks.conditioning import files
from tasks.core.errors import InputError
from tests.conditioning import tiny

RECORD = {
    "prompt": "một con mèo, a cat",
    "seed": 7,
    "mode": {"name": "controlnet", "controlnet_conditioning_scale": 1.0},
    "steps": 8,
    "scheduler": "unipc",
    "guidance_scale": 1.0,
    "model": "0123456789abcdef",
    "picture": {"name": "cat", "digest": "ff"},
}
SHOWN = (
    "một con mèo, a cat\nSteps: 8, Sampler: unipc, CFG scale: 1.0, Seed: 7, Size: 32x32, "
    "Model hash: 0123456789, Mode: controlnet"
)


@pytest.mark.parametrize("suffix", files.SUFFIXES)
def test_a_file_keeps_the_picture_and_how_it_was_made(suffix: str, tmp_path: Path) -> None:
    picture, path = tiny.pictures(1)[0], tmp_path / f"cat{suffix}"
    files.write(path, picture, RECORD)
    assert files.read(path) == RECORD
    with Image.open(path) as image:
        np.testing.assert_array_equal(np.asarray(image.convert("RGB")), picture)
        if suffix == ".png":
            shown = image.text["parameters"]  # pyright: ignore[reportAttributeAccessIssue]
        else:
            comment = image.getexif().get_ifd(files.EXIF)[files.COMMENT]
            shown = comment.removeprefix(files.UNICODE).decode("utf-16-be")
    assert shown == SHOWN
    before = path.read_bytes()
    files.write(path, picture, RECORD)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_what_says_nothing_has_no_record(tmp_path: Path) -> None:
    plain, broken = tmp_path / "plain.png", tmp_path / "broken.png"
    Image.fromarray(tiny.pictures(1)[0]).save(plain)
    broken.write_bytes(b"\x89PNG\r\n\x1a\nno more")
    assert [files.read(path) for path in (plain, broken, tmp_path / "none.png")] == [None] * 3


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cat\.jpg: ends with '\.jpg'; choose one of \.png"):
        files.write(tmp_path / "cat.jpg", tiny.pictures(1)[0], RECORD)
