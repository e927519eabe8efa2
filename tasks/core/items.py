"""The item store: content-addressed results of shards, checkpoints and everything else that is
worth keeping between runs.

An item is a folder `.cache/items/<k[:2]>/<k>/`, where k is the SHA-256 of everything that its
content depends on: the code's version, the digests of the inputs, the parameters. It is written
beside its place and renamed into it, so that an item exists whole or not at all. The store alone
says whether an item is done; DVC alone says whether a stage is.

Several machines share items by a bucket (`items.root: s3://...`). It then says what is done, and
the folder is each machine's own copy: what is not there is fetched when it is asked for.
"""

import hashlib
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from tasks.core import uses
from tasks.core.bucket import Bucket
from tasks.core.params import Section

ITEMS = Path(".cache/items")
QUESTIONS = 16
"""Questions to a bucket at a time."""


class Items(Section):
    """Where items are kept."""

    root: Annotated[
        str,
        Field(min_length=1, description="a folder, or an address such as s3://bucket/prefix"),
    ]


@dataclass
class Place:
    """Where items are kept: a folder, and the bucket that it is a copy of, if there is one."""

    folder: Path = ITEMS
    bucket: Bucket | None = None


_place = Place()


def configure(root: str) -> None:
    """Keep items at `root`, a folder or the address of a bucket.

    Raises:
        InputError: the bucket does not answer.
    """
    remote = "://" in root
    bucket = Bucket(root) if remote else None
    _place.folder, _place.bucket = ITEMS if remote else Path(root), bucket


def place() -> Place:
    """Return where items are kept."""
    return _place


def key(*parts: Any) -> str:
    """Return the SHA-256 of `parts` as canonical JSON: the name of what is computed from them."""
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def path(item: str) -> Path:
    """Return the folder where the item lies, or would lie; its time tells when that was last
    asked.
    """
    uses.note(item)
    here = _local(item)
    try:
        os.utime(here)
    except FileNotFoundError:
        if _place.bucket is not None:
            _fetch(item, _place.bucket)
    return here


def exists(item: str) -> bool:
    """Return whether the item is there, whole."""
    uses.note(item)
    if _local(item).is_dir():
        return True
    return _place.bucket is not None and _place.bucket.exists(item)


def missing(keys: Sequence[str]) -> frozenset[str]:
    """Return those of `keys` whose items are not there; a bucket is asked for many at a time."""
    contexts = [copy_context() for _ in keys]
    with ThreadPoolExecutor(1 if _place.bucket is None else QUESTIONS) as pool:
        found = pool.map(lambda context, item: context.run(exists, item), contexts, keys)
        return frozenset(item for item, there in zip(keys, found, strict=True) if not there)


def produce(item: str, write: Callable[[Path], object]) -> Path:
    """Return the item's folder; `write` fills a fresh one first if the item is not there yet."""
    here = path(item)
    if here.is_dir():
        if _place.bucket is not None and not _place.bucket.exists(item):
            _place.bucket.send(item, here)
        return here
    with _draft(item) as draft, uses.within():
        write(draft)
        if _place.bucket is not None:
            _place.bucket.send(item, draft)
    return here


def discard(item: str) -> None:
    """Remove the item if it is there; it is gone at once, and its files a moment later."""
    if _place.bucket is not None:
        _place.bucket.remove(item)
    drop(item)


def drop(item: str) -> None:
    """Remove this machine's copy of the item, if there is one."""
    here = _local(item)
    aside = here.with_name(f"{item[:8]}-{os.getpid()}-{_machine()}-gone.tmp")
    try:
        os.rename(here, aside)
    except FileNotFoundError:
        return
    shutil.rmtree(aside, ignore_errors=True)


def clear_drafts() -> None:
    """Remove what processes of this machine that have ended left half written."""
    for draft in _place.folder.glob("*/*.tmp"):
        _, writer, machine, *_ = (*draft.name.split("-"), "", "")
        if machine == _machine() and not Path("/proc", writer).exists():
            shutil.rmtree(draft, ignore_errors=True)


def _local(item: str) -> Path:
    return _place.folder / item[:2] / item


@contextmanager
def _draft(item: str) -> Iterator[Path]:
    """Yield an empty folder that becomes the item, unless it is taken away or somebody else was
    first.
    """
    here = _local(item)
    here.parent.mkdir(parents=True, exist_ok=True)
    prefix = f"{item[:8]}-{os.getpid()}-{_machine()}-"
    draft = Path(tempfile.mkdtemp(prefix=prefix, suffix=".tmp", dir=here.parent))
    os.chmod(draft, 0o755)  # noqa: S103 - as any folder that is not secret
    try:
        yield draft
        if draft.is_dir():
            _settle(draft, here)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _settle(draft: Path, here: Path) -> None:
    try:
        os.rename(draft, here)
    except OSError:
        if not here.is_dir():
            raise


def _machine() -> str:
    """Return what tells this machine from others that share the folder."""
    return key(platform.node())[:6]


def _fetch(item: str, bucket: Bucket) -> None:
    """Copy the item from the bucket, if it is there and sound."""
    with _draft(item) as draft:
        if not bucket.fetch(item, draft):
            shutil.rmtree(draft)
