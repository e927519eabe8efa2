"""Which items a run needs: what `python -m flows.gc` must keep.

A run asks the item store for keys. Those that it asks for while it makes another item (the epochs
of a training, say) are needed only until that item is there: once it is, a run finds it and never
looks within. So a run's record has two lists: the keys *needed*, and those used *within* others.

A record belongs to the inputs of its stage: code, parameters and data, as `tasks.core.inputs`
digests them. A forced run with the same inputs asks for the same keys in the same order, up to the
first one that is there now and was missing then; there it asks for less. Hence it asks for nothing
outside the record, and for nothing but the needed keys if all of those are there.
"""

import json
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

from tasks.core import inputs

USES = Path(".cache/uses")


@dataclass
class Book:
    """The keys that have been asked for, as this process goes on."""

    needed: set[str] = field(default_factory=set)
    within: set[str] = field(default_factory=set)
    guard: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True)
class Record:
    """What one run of `stage` with the inputs `inputs` asked for."""

    stage: str
    inputs: str
    needed: frozenset[str]
    within: frozenset[str]


_process = Book()
_book: ContextVar[Book | None] = ContextVar("book", default=None)
_depth: ContextVar[int] = ContextVar("depth", default=0)


def note(item: str) -> None:
    """Write down that the item has been asked for."""
    book = _book.get() or _process
    with book.guard:
        (book.within if _depth.get() else book.needed).add(item)


@contextmanager
def within() -> Iterator[None]:
    """Take what is asked for in this block, which makes an item, as used within that."""
    token = _depth.set(_depth.get() + 1)
    try:
        yield
    finally:
        _depth.reset(token)


@contextmanager
def apart() -> Iterator[Book]:
    """Yield a book of its own for this block: what a worker has been asked to do."""
    book = Book()
    token = _book.set(book)
    try:
        yield book
    finally:
        _book.reset(token)


@contextmanager
def recorded(stage: str) -> Iterator[None]:
    """Record what the block asks for, if it ends well and its inputs are the same as before."""
    before = inputs.digest(stage)
    _process.needed.clear()
    _process.within.clear()
    yield
    if inputs.digest(stage) == before:
        _write(stage, before, _process)


def records() -> list[Record]:
    """Return every record."""
    return [_read(file) for file in sorted(USES.glob("*/*.json"))]


def forget(record: Record) -> None:
    """Remove a record."""
    _file(record.stage, record.inputs).unlink(missing_ok=True)


def _write(stage: str, before: str, book: Book) -> None:
    """Keep the record, and in it what earlier runs with these inputs asked for: where Prefect
    knew a shard's result already, this run has not gone through its body.
    """
    file = _file(stage, before)
    earlier = _read(file) if file.is_file() else Record(stage, before, frozenset(), frozenset())
    needed = book.needed | earlier.needed
    inner = (book.within | earlier.within) - needed
    content = {"stage": stage, "needed": sorted(needed), "within": sorted(inner)}
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(suffix=".tmp", dir=file.parent)
    with os.fdopen(handle, "w") as stream:
        json.dump(content, stream, indent=1)
    os.replace(draft, file)


def _read(file: Path) -> Record:
    content = json.loads(file.read_text())
    return Record(
        content["stage"], file.stem, frozenset(content["needed"]), frozenset(content["within"])
    )


def _file(stage: str, digest: str) -> Path:
    return USES / stage / f"{digest}.json"
