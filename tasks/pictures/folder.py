"""Photographs of one's own: a folder, with captions in `captions.jsonl` or in text files beside
the pictures.
"""

import json
import logging
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tasks.core import store
from tasks.core.errors import InputError
from tasks.pictures import reading
from tasks.pictures.photograph import Photograph

CAPTIONS = "captions.jsonl"
PARAMETER = "pictures.folder"
log = logging.getLogger("impression_fields")


@dataclass(frozen=True)
class Folder:
    """The pictures of a folder that match the pattern, by name."""

    def __call__(self, folder: Path, pattern: str, max_pixels: int) -> list[Photograph]:
        """Return the photographs.

        Raises:
            InputError: as `files`; or a line of `captions.jsonl` is no caption.
        """
        captions = read_captions(folder)
        found = files(folder, pattern, reading.SUFFIXES)
        return [
            Photograph(
                name=name,
                group=name,
                caption=captions.get(path.relative_to(folder).as_posix())
                or _beside(path)
                or "a photo",
                digest=store.digest(path),
                pixels=partial(reading.load, path, max_pixels=max_pixels),
            )
            for name, path in zip(names(found, folder), found, strict=True)
        ]


def names(found: list[Path], folder: Path) -> list[str]:
    """Return a name for each file: its place within the folder, without the suffix, "/" as "-".

    Raises:
        InputError: two files have the same name.
    """
    owners: dict[str, Path] = {}
    for path in found:
        name = path.relative_to(folder).with_suffix("").as_posix().replace("/", "-")
        if name in owners:
            raise InputError(f"{path}: has the same name as {owners[name]}; rename one of them")
        owners[name] = path
    return list(owners)


def files(
    folder: Path, pattern: str, suffixes: frozenset[str], *, what: str = PARAMETER
) -> list[Path]:
    """Return the files of the folder that match `pattern` and end with one of `suffixes`, sorted.

    Raises:
        InputError: as `check`; or none is found.
    """
    check(folder, what=what)
    found = sorted(p for p in folder.glob(pattern) if p.is_file() and p.suffix.lower() in suffixes)
    if not found:
        kinds = " ".join(sorted(suffixes))
        raise InputError(f"{what}: no file in {folder} matches {pattern!r} and ends with {kinds}")
    return found


def check(folder: Path, *, what: str = PARAMETER) -> None:
    """Refuse a folder that could harm: DVC hashes every file in it, and waits for ever on a named
    pipe.

    Raises:
        InputError: the folder is missing, or something inside is neither a folder nor a regular
        file inside it.
    """
    if not folder.is_dir():
        raise InputError(f"{what}: {folder} is no folder; create it or change the parameter")
    home = folder.resolve()
    for path in _walk(folder):
        try:
            target = path.resolve(strict=True)
            mode = target.stat().st_mode
            str(path).encode()
        except UnicodeEncodeError:
            shown = str(path).encode(errors="replace").decode()
            raise InputError(f"{what}: {shown}: its name is no UTF-8; rename it") from None
        except (OSError, RuntimeError) as error:
            reason = " ".join(str(error).split())
            raise InputError(f"{what}: {path} cannot be read ({reason}); remove it") from None
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)) or not target.is_relative_to(home):
            raise InputError(f"{what}: {path} is no regular file inside {folder}; remove it")


def _walk(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        yield from (Path(parent) / name for name in sorted([*folders, *names]))


def read_captions(folder: Path) -> dict[str, str]:
    """Return the captions of `captions.jsonl` by file name; each line is `{"file_name": ...,
    "text": ...}`, or empty. Names of no file are told in one warning: a part of a data set may
    come with the captions of the whole.

    Raises:
        InputError: a line is neither.
    """
    path = folder / CAPTIONS
    if not path.is_file():
        return {}
    captions = {}
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            name, caption = Path(entry["file_name"]).as_posix(), " ".join(entry["text"].split())
        except (ValueError, KeyError, TypeError, AttributeError):
            raise InputError(
                f'{path}: line {number} is not {{"file_name": ..., "text": ...}}; mend it'
            ) from None
        captions[name] = caption
    lost = [name for name in captions if not (folder / name).is_file()]
    if lost:
        log.warning(
            "%s: %d of %d names are not there, the first is %s",
            path,
            len(lost),
            len(captions),
            lost[0],
        )
    return captions


def _beside(path: Path) -> str:
    text = path.with_suffix(".txt")
    if not text.is_file():
        return ""
    try:
        return " ".join(text.read_text(encoding="utf-8").split())
    except UnicodeDecodeError:
        raise InputError(f"{text}: not UTF-8 text; mend or remove it") from None
