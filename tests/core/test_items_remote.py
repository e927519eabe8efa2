"""Items on S3: a stand-in on this machine, two machines' copies, an external reader."""

import os
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.core import items
from tasks.core.errors import InputError

ITEM = "ab" * 32


@pytest.fixture
def address(s3: dict[str, str], request, monkeypatch) -> Iterator[str]:
    """Yield the address of an empty bucket, and let items be kept there."""
    import s3fs

    for name, value in s3.items():
        monkeypatch.setenv(name, value)
    name = f"test-{zlib.crc32(request.node.name.encode())}"
    s3fs.S3FileSystem.clear_instance_cache()
    s3fs.S3FileSystem().mkdir(name)
    yield f"s3://{name}/items"
    items.configure(str(items.ITEMS))


@pytest.fixture
def machine(tmp_path: Path, monkeypatch, address: str):
    """Return a function that changes to another machine, whose own copy is empty at first."""

    def change(name: str) -> None:
        (tmp_path / name).mkdir(exist_ok=True)
        monkeypatch.chdir(tmp_path / name)
        items.configure(address)

    return change


def write(folder: Path) -> None:
    (folder / "inner").mkdir()
    (folder / "inner/value").write_bytes(os.urandom(64))


def never(folder: Path) -> None:
    raise AssertionError("computed a second time")


def test_what_one_machine_has_made_another_one_reads(machine):
    machine("first")
    made = (items.produce(ITEM, write) / "inner/value").read_bytes()
    machine("second")
    assert not (items.ITEMS / "ab" / ITEM).exists()
    assert items.exists(ITEM)
    assert items.missing([ITEM, "cd" * 32]) == {"cd" * 32}
    assert (items.path(ITEM) / "inner/value").read_bytes() == made
    machine("third")
    assert (items.produce(ITEM, never) / "inner/value").read_bytes() == made
    assert not list(items.ITEMS.rglob("*.tmp"))


def test_a_damaged_object_is_made_anew(machine, address, caplog):
    import s3fs

    machine("first")
    items.produce(ITEM, write)
    (name,) = s3fs.S3FileSystem().glob(f"{address}/ab/*/inner/value")
    s3fs.S3FileSystem().pipe_file(name, bytes(64))
    machine("second")
    with caplog.at_level("WARNING"):
        made = (items.produce(ITEM, write) / "inner/value").read_bytes()
    assert "inner/value of item abababababab is damaged or missing" in caplog.text
    assert made != bytes(64)
    machine("third")
    assert (items.path(ITEM) / "inner/value").read_bytes() == made


def test_a_failure_leaves_nothing_in_the_bucket(machine, address):
    import s3fs

    def fail(folder: Path) -> None:
        (folder / "half").write_text("...")
        raise RuntimeError("stopped")

    machine("first")
    with pytest.raises(RuntimeError):
        items.produce(ITEM, fail)
    assert not items.exists(ITEM)
    assert s3fs.S3FileSystem().find(f"{address}/ab") == []


def test_an_item_that_only_the_copy_holds_is_sent_when_it_is_asked_for(machine, address):
    machine("first")
    items.configure(str(items.ITEMS))
    items.produce(ITEM, write)
    items.configure(address)
    items.produce(ITEM, never)
    machine("second")
    assert items.exists(ITEM)
    items.discard(ITEM)
    assert not items.exists(ITEM)


def test_a_bucket_that_is_not_there_is_one_line(machine, address):
    machine("first")
    with pytest.raises(InputError, match=r"items\.root: s3://nowhere/items: cannot be used"):
        items.configure("s3://nowhere/items")
    assert items.place().bucket is not None
    assert items.place().bucket.address == address
