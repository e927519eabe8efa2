"""A photograph: a name, a caption, a digest of what it is made from, and the way to its pixels."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from hashlib import sha256

import numpy as np
from jaxtyping import UInt8


@dataclass(frozen=True)
class Photograph:
    """One photograph of a source; `pixels()` reads it: sRGB, 8 bits.

    `group` is the video that it is a frame of, or its own name.
    """

    name: str
    group: str
    caption: str
    digest: str
    pixels: Callable[[], UInt8[np.ndarray, "height width 3"]]


def hold_out(
    photographs: Sequence[Photograph], patterns: Sequence[str]
) -> tuple[list[Photograph], list[Photograph]]:
    """Return the photographs to learn from and those held out, each group on one side.

    Held out are the names and groups that match one of `patterns`. Where none does, a tenth of the
    groups is held out (at least three, at most half), those whose names have the lowest SHA-256: a
    choice that moves little when a picture is added. Of a single group the last tenth is held out.
    """
    groups = {
        p.group
        for p in photographs
        if any(fnmatchcase(p.name, each) or fnmatchcase(p.group, each) for each in patterns)
    } or _chosen(sorted({p.group for p in photographs}))
    if not groups:
        count = _share(len(photographs))
        return list(photographs[:-count]), list(photographs[-count:])
    held = [p for p in photographs if p.group in groups]
    return [p for p in photographs if p.group not in groups], held


def _chosen(groups: Sequence[str]) -> set[str]:
    ordered = sorted(groups, key=lambda name: sha256(name.encode()).digest())
    return set(ordered[: _share(len(groups))])


def _share(count: int) -> int:
    return min(max(3, round(count / 10)), count // 2)
