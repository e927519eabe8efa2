"""What a stage reads, on its way to workers that share no disk with it: by the bucket of items.

The sender keeps each folder or file of data that its stage depends on as an item, named by its
contents. The receiver compares digests and fetches what differs. It replaces what stages make and
nothing else: a user's own files stay as they are.
"""

import filecmp
import platform
import shutil
from dataclasses import dataclass
from pathlib import Path

from tasks.core import inputs, items, locks, store
from tasks.core.errors import InputError

CONTENT = "content"


@dataclass(frozen=True)
class Load:
    """A file or folder of data, its digest, and the item that holds a copy of it."""

    place: Path
    digest: str

    @property
    def key(self) -> str:
        """The name of the item."""
        return items.key("freight", self.digest)


def send(stage: str) -> list[Load]:
    """Put the data that `stage` reads into the item store, and return what that is. Where items
    lie in no bucket, whoever reads them shares this disk, and nothing needs to be sent.
    """
    if items.place().bucket is None:
        return []
    loads = [Load(place, store.digest(place)) for place in inputs.data(stage)]
    for load in loads:
        items.produce(load.key, lambda folder, load=load: _copy(load.place, folder / CONTENT))
    return loads


def receive(loads: list[Load]) -> None:
    """Bring the data of this checkout to what was sent.

    Raises:
        InputError: a place holds something else that no stage has made; or the item is gone.
    """
    with locks.turn("freight"):
        for load in loads:
            if not load.place.exists() or store.digest(load.place) != load.digest:
                _unload(load)


def _unload(load: Load) -> None:
    found = items.path(load.key)
    if not found.is_dir():
        raise InputError(f"{load.place}: did not reach {platform.node()}; run the stage again")
    if not inputs.is_output(load.place) and (strange := _strange(load.place, found / CONTENT)):
        raise InputError(
            f"{load.place}: on {platform.node()} it holds {strange}, which is not what the stage "
            "reads; move it away there"
        )
    if (found / CONTENT).exists():
        store.put(load.place, found / CONTENT)
    else:  # an empty folder leaves no trace in a bucket
        load.place.mkdir(parents=True, exist_ok=True)


def _strange(place: Path, sent: Path) -> str:
    """Return the name of a file at `place` that is not also in `sent`; empty where all are."""
    for file in sorted(place.rglob("*")) if place.is_dir() else [place]:
        twin = sent / file.relative_to(place)
        if file.is_file() and not (twin.is_file() and filecmp.cmp(file, twin, shallow=False)):
            return str(file.relative_to(place))
    return ""


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copyfile(source, target)
