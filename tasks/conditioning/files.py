"""Picture files that say how they were made.

| file | for people and other tools | the whole record, as JSON |
|---|---|---|
| PNG | text chunk `parameters` | text chunk `impression-fields` |
| WebP, lossless | EXIF `UserComment` | EXIF `ImageDescription` |

`parameters` has the form that tools around Stable Diffusion write and read: the prompt, then a
line of steps, sampler, guidance, seed, size and the model's hash. Nothing in a file depends on
when or where it was written.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import UInt8
from PIL import Image, PngImagePlugin

from tasks.core.errors import InputError

OWN = "impression-fields"
SUFFIXES = (".png", ".webp")
EXIF, COMMENT, DESCRIPTION = 0x8769, 0x9286, 0x010E
UNICODE = b"UNICODE\0"


def write(path: Path, picture: UInt8[np.ndarray, "y x 3"], record: Mapping[str, Any]) -> None:
    """Write the picture with its record, whole or not at all. `record` has the keys prompt, seed,
    mode, steps, scheduler, guidance_scale and model (a digest); more are kept in the JSON.

    Raises:
        InputError: the file's name ends with none of `SUFFIXES`.
    """
    image = Image.fromarray(np.ascontiguousarray(picture), "RGB")
    told, whole = parameters(record, image.size), json.dumps(record, sort_keys=True)
    draft = path.with_name(f".{path.name}-{os.getpid()}.tmp")
    match path.suffix.lower():
        case ".png":
            chunks = PngImagePlugin.PngInfo()
            chunks.add_text("parameters", told)
            chunks.add_text(OWN, whole)
            image.save(draft, "PNG", pnginfo=chunks)
        case ".webp":
            exif = Image.Exif()
            exif[DESCRIPTION] = whole
            exif.get_ifd(EXIF)[COMMENT] = UNICODE + told.encode("utf-16-be")
            image.save(draft, "WEBP", lossless=True, method=4, exif=exif)
        case other:
            raise InputError(f"{path}: ends with {other!r}; choose one of {', '.join(SUFFIXES)}")
    draft.replace(path)


def read(path: Path) -> dict[str, Any] | None:
    """Return the record of a picture file; of one that is not there, or not of this kind, None."""
    try:
        with Image.open(path) as image:
            chunk = getattr(image, "text", {}).get(OWN)
            found = json.loads(chunk or image.getexif().get(DESCRIPTION) or "null")
    except (OSError, ValueError, SyntaxError):
        return None
    return found if isinstance(found, dict) else None


def parameters(record: Mapping[str, Any], size: tuple[int, int]) -> str:
    """Return the record as other tools show it, for a picture of `size` = (columns, rows)."""
    named = {
        "Steps": record["steps"],
        "Sampler": record["scheduler"],
        "CFG scale": record["guidance_scale"],
        "Seed": record["seed"],
        "Size": f"{size[0]}x{size[1]}",
        "Model hash": record["model"][:10],
        "Mode": _named(record["mode"]),
    }
    return f"{record['prompt']}\n" + ", ".join(f"{name}: {value}" for name, value in named.items())


def _named(mode: Mapping[str, Any]) -> str:
    """Return the name of a mode, with that of the one that it stands on.

    >>> _named({"name": "faithful", "painted": {"name": "controlnet"}})
    'faithful after controlnet'
    """
    inner = mode.get("painted")
    return f"{mode['name']} after {_named(inner)}" if inner else mode["name"]
