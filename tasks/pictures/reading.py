"""Reading one picture file, whatever its kind, as sRGB with 8 bits a channel.

EXIF orientation is applied; an embedded colour profile is converted to sRGB; 16-bit grey is
scaled, not clipped; transparency is laid over white; of an animation the first frame is taken. The
size is checked before a pixel is decoded.
"""

import io
import warnings
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from PIL import Image, ImageCms, ImageOps

from tasks.core.errors import InputError

FORMATS = ("PNG", "JPEG", "WEBP", "TIFF", "BMP", "GIF", "PPM")
SUFFIXES = frozenset(
    {
        ".png",
        ".jpg",
        ".jpeg",
        ".webp",
        ".tif",
        ".tiff",
        ".bmp",
        ".gif",
        ".ppm",
        ".pgm",
        ".pbm",
        ".pnm",
    }
)


def load(path: Path, *, max_pixels: int) -> UInt8[np.ndarray, "height width 3"]:
    """Return the picture at `path`.

    Raises:
        InputError: the file is missing, is no regular file, is no picture of a known format, is
        damaged, or is larger than
            `max_pixels`.
    """
    if not path.is_file():
        raise InputError(f"{path}: not there, or no regular file; give the path of a picture")
    Image.MAX_IMAGE_PIXELS = None  # the limit is ours, below, and says what to do
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=FORMATS) as image:
                _check_size(path, image, max_pixels)
                return np.asarray(_as_srgb(ImageOps.exif_transpose(image)))
    except InputError:
        raise
    except Exception as error:
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise InputError(
            f"{path}: damaged, or no picture of a known format ({reason}); mend or remove it"
        ) from None


def _check_size(path: Path, image: Image.Image, max_pixels: int) -> None:
    width, height = image.size
    if width * height > max_pixels:
        raise InputError(
            f"{path}: {width}x{height} pixels, more than pictures.max_pixels={max_pixels}; "
            "shrink it or raise the limit"
        )


def _as_srgb(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I") or image.mode == "F":
        image = _to_eight_bits(image)
    if image.mode == "P":
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    if "A" in image.getbands() or "transparency" in image.info:
        image = image.convert("RGBA")
        colours = _convert_profile(image.convert("RGB"), profile)
        colours.putalpha(image.getchannel("A"))
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), colours)
    else:
        image = _convert_profile(image, profile)
    return image.convert("RGB")


def _to_eight_bits(image: Image.Image) -> Image.Image:
    values = np.asarray(image, dtype=np.float64)
    if not np.isfinite(values).all():
        raise ValueError("pixel values that are not finite")
    full = 65535.0 if image.mode.startswith("I") else max(float(values.max()), 1.0)
    return Image.fromarray(np.round(np.clip(values / full, 0, 1) * 255).astype(np.uint8))


def _convert_profile(image: Image.Image, profile: bytes | None) -> Image.Image:
    if not profile or image.mode not in {"RGB", "CMYK", "L"}:
        return image
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        srgb = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(image, given, srgb, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):  # a broken profile is ignored, as browsers do
        return image
    return converted or image
