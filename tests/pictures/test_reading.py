import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from tasks.core.errors import InputError
from tasks.pictures import reading

COLOUR = (200, 100, 50)


def load(path, max_pixels=10_000):
    return reading.load(path, max_pixels=max_pixels)


def save(image, path, **options):
    image.save(path, **options)
    return path


def test_a_colour_picture_is_read_as_it_is(tmp_path):
    pixels = np.random.default_rng(1).integers(0, 256, (6, 5, 3), dtype=np.uint8)
    np.testing.assert_array_equal(load(save(Image.fromarray(pixels), tmp_path / "a.png")), pixels)


def test_exif_orientation_is_applied(tmp_path):
    image = Image.fromarray(np.zeros((4, 9, 3), np.uint8))
    exif = Image.Exif()
    exif[0x0112] = 6
    assert load(save(image, tmp_path / "a.jpg", exif=exif)).shape == (9, 4, 3)


@pytest.mark.parametrize("mode", ["L", "1", "P", "CMYK", "LA", "RGBA"])
def test_every_mode_becomes_three_channels(tmp_path, mode):
    kind = "tiff" if mode == "CMYK" else "png"
    pixels = load(save(Image.new("RGB", (4, 3), "white").convert(mode), tmp_path / f"a.{kind}"))
    assert pixels.shape == (3, 4, 3)
    assert pixels.dtype == np.uint8
    assert pixels.min() >= 250


def test_sixteen_bits_are_scaled_and_not_clipped(tmp_path):
    ramp = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)
    read = load(save(Image.fromarray(ramp), tmp_path / "a.png"))
    np.testing.assert_allclose(read[..., 0], ramp / 257, atol=1)


def test_transparency_lies_over_white(tmp_path):
    clear = Image.new("RGBA", (4, 4), (255, 0, 0, 0))
    assert (load(save(clear, tmp_path / "a.png")) == 255).all()
    palette = Image.new("P", (4, 4), 0)
    palette.putpalette([255, 0, 0] * 256)
    assert (load(save(palette, tmp_path / "b.png", transparency=0)) == 255).all()


def swapped_profile():
    """Return an sRGB profile whose red and green primaries have changed places."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"xxxx").replace(b"gXYZ", b"rXYZ").replace(b"xxxx", b"gXYZ")


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_a_profile_is_converted_to_srgb(tmp_path, mode):
    image = Image.new("RGB", (4, 4), (200, 40, 40)).convert(mode)
    red, green, _ = load(save(image, tmp_path / "a.png", icc_profile=swapped_profile()))[0, 0]
    assert green > 180
    assert red < 60


def test_a_broken_profile_is_ignored(tmp_path):
    image = Image.new("RGB", (4, 4), COLOUR)
    assert tuple(load(save(image, tmp_path / "b.png", icc_profile=b"nonsense"))[0, 0]) == COLOUR


def test_an_animation_gives_its_first_frame(tmp_path):
    first, second = (Image.new("RGB", (4, 4), colour) for colour in ("red", "blue"))
    path = save(first, tmp_path / "a.gif", save_all=True, append_images=[second])
    assert tuple(load(path)[0, 0]) == (255, 0, 0)


def test_a_picture_over_the_limit_is_named(tmp_path):
    path = save(Image.new("RGB", (101, 100)), tmp_path / "large.png")
    with pytest.raises(
        InputError, match=r"large\.png: 101x100 pixels, more than pictures.max_pixels=10000"
    ):
        load(path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 40,
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
        b"\xff\xd8\xff",
    ],
)
def test_a_file_that_is_no_picture_is_one_line(tmp_path, content):
    path = tmp_path / "odd.png"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"odd\.png") as caught:
        load(path)
    assert "\n" not in str(caught.value)


def test_a_picture_cut_short_is_named(tmp_path):
    buffer = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(buffer, "png")
    path = tmp_path / "short.png"
    path.write_bytes(buffer.getvalue()[:2000])
    with pytest.raises(InputError, match=r"short\.png"):
        load(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"nothing\.png"):
        load(tmp_path / "nothing.png")
