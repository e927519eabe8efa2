"""A bucket of items: object storage that several machines share, by way of fsspec.

The item k lies there as the objects `<k[:2]>/<k>/<file>` and the manifest `<k[:2]>/<k>.json`,
which lists the name, the size and the SHA-256 of each object. Object storage has no rename; the
order of writing takes its place: the objects first, the manifest last, and an item exists if its
manifest does. Whoever reads an item checks it against the manifest, so that a lost or damaged
object is a missing item and never a wrong one.
"""

import hashlib
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tasks.core.errors import InputError

MARK = "ITEMS"
"""What is written first, to see that one may."""
log = logging.getLogger("impression_fields")


class Bucket:
    """The items below an address such as `s3://bucket/prefix`."""

    def __init__(self, address: str) -> None:
        """Connect to `address`.

        Raises:
            InputError: what speaks its protocol is not installed, or nothing can be written there.
        """
        import fsspec

        self.address = address.rstrip("/")
        try:
            self._files, self._root = fsspec.url_to_fs(self.address, use_listings_cache=False)
            if not self._root.strip("/"):
                raise ValueError("names no bucket")
            self._files.pipe_file(f"{self._root}/{MARK}", b"items of impression-fields\n")
        except Exception as error:
            raise InputError(f"params.yaml: items.root: {self.address}: {_why(error)}") from None

    def exists(self, item: str) -> bool:
        """Return whether the item is there, whole."""
        return self._files.exists(self._manifest(item))

    def send(self, item: str, folder: Path) -> None:
        """Store the files of `folder` as the item."""
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        names = [path.relative_to(folder).as_posix() for path in files]
        entries = [
            {"name": name, "size": path.stat().st_size, "sha256": _digest(path)}
            for name, path in zip(names, files, strict=True)
        ]
        if files:
            self._files.put([str(path) for path in files], self._objects(item, names))
        self._files.pipe_file(self._manifest(item), json.dumps(entries, indent=1).encode())

    def fetch(self, item: str, folder: Path) -> bool:
        """Fill the empty `folder` with the files of the item and return whether that worked. An
        item that is damaged is removed, after a line about it.
        """
        try:
            entries = json.loads(self._files.cat_file(self._manifest(item)))
        except FileNotFoundError:
            return False
        except ValueError:
            return self._refuse(item, "its manifest")
        names = [entry["name"] for entry in entries]
        places = [folder / name for name in names]
        for place in places:
            place.parent.mkdir(parents=True, exist_ok=True)
        try:
            if names:
                self._files.get(self._objects(item, names), [str(place) for place in places])
        except FileNotFoundError:
            return self._refuse(item, "an object")
        for entry, place in zip(entries, places, strict=True):
            if not place.is_file() or _digest(place) != entry["sha256"]:
                return self._refuse(item, entry["name"])
        return True

    def remove(self, item: str) -> None:
        """Remove the item if it is there: the manifest first."""
        for place, recursive in ((self._manifest(item), False), (self._folder(item), True)):
            if self._files.exists(place):
                self._files.rm(place, recursive=recursive)

    def sizes(self) -> Iterator[tuple[str, int, float]]:
        """Yield every item: its key, its bytes, and when it was written (seconds since 1970)."""
        for place in self._files.glob(f"{self._root}/??/*.json"):
            entries = json.loads(self._files.cat_file(place))
            written = self._files.modified(place).timestamp()
            yield Path(place).stem, sum(entry["size"] for entry in entries), written

    def _refuse(self, item: str, what: str) -> bool:
        log.warning(
            "%s: %s of item %s is damaged or missing; the item is removed, to be made anew",
            self.address,
            what,
            item[:12],
        )
        self.remove(item)
        return False

    def _folder(self, item: str) -> str:
        return f"{self._root}/{item[:2]}/{item}"

    def _objects(self, item: str, names: list[str]) -> list[str]:
        return [f"{self._folder(item)}/{name}" for name in names]

    def _manifest(self, item: str) -> str:
        return f"{self._folder(item)}.json"


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _why(error: Any) -> str:
    """Return in one line why an address cannot be used, and what to do."""
    said = " ".join(str(error).split())
    if isinstance(error, ImportError):
        return f"{said}; install the project with the extra [s3]"
    return (
        f"cannot be used ({type(error).__name__}: {said}); check the address and the credentials"
    )
