"""A photograph: a name, a caption, a digest of what it is made from, and the way to its pixels."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from hashlib import sha256

import numpy as np
from jaxtyping import UInt8


@dataclass(frozen=True)
class Photograph:
    """One photograph of a source; `pixels()` reads it: sRGB, 8 bits."""

    name: str
    caption: str
    digest: str
    pixels: Callable[[], UInt8[np.ndarray, "height width 3"]]


def hold_out(
    photographs: Sequence[Photograph], patterns: Sequence[str]
) -> tuple[list[Photograph], list[Photograph]]:
    """Return the photographs to learn from and those held out.

    Held out are the names that match one of `patterns`. Where none does, a tenth is held out (at
    least three, at most half), those whose names have the lowest SHA-256: a choice that does not
    move when a picture is added.
    """
    held = [p for p in photographs if any(fnmatchcase(p.name, pattern) for pattern in patterns)]
    if not held:
        count = min(max(3, round(len(photographs) / 10)), len(photographs) // 2)
        held = sorted(photographs, key=lambda p: sha256(p.name.encode()).digest())[:count]
    names = {p.name for p in held}
    return [p for p in photographs if p.name not in names], [
        p for p in photographs if p.name in names
    ]
