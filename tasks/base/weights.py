"""The embedded base model: its weights lie in this folder, each file with its SHA-256."""

import hashlib
import json
from pathlib import Path

from tasks.core.errors import InputError

FOLDER = Path(__file__).parent / "embedded"
CHECKSUMS = "checksums.json"


def checksums(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of `folder` but the list itself, by relative name."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != CHECKSUMS)
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def seal(folder: Path) -> None:
    """Write the list of checksums into `folder`, whose JSON files first get a last newline, as
    text files in a repository have.
    """
    for file in folder.rglob("*.json"):
        file.write_text(file.read_text().rstrip("\n") + "\n")
    text = json.dumps(checksums(folder), indent=2) + "\n"
    (folder / CHECKSUMS).write_text(text)


def check(folder: Path) -> None:
    """Compare every file of `folder` with the list.

    Raises:
        InputError: the list is missing, or a file is missing, changed or not on it.
    """
    try:
        listed = json.loads((folder / CHECKSUMS).read_text())
    except FileNotFoundError:
        raise InputError(f"{folder / CHECKSUMS}: missing; restore the folder from git") from None
    found = checksums(folder)
    wrong = [name for name in sorted(listed.keys() | found) if listed.get(name) != found.get(name)]
    if wrong:
        raise InputError(
            f"{folder / wrong[0]}: not the file that {CHECKSUMS} lists; restore it from git"
        )
