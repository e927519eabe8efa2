"""A bucket of items, in memory; tests/core/test_items_remote.py speaks S3 with a server."""

import json
from uuid import uuid4

import fsspec
import pytest

from tasks.core.bucket import Bucket
from tasks.core.errors import InputError

ITEM = "ab" * 32


@pytest.fixture
def bucket() -> Bucket:
    return Bucket(f"memory://{uuid4().hex}/items")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "made/inner").mkdir(parents=True)
    (tmp_path / "made/value").write_bytes(bytes(range(256)))
    (tmp_path / "made/inner/empty").write_bytes(b"")
    return tmp_path / "made"


def objects(bucket: Bucket) -> dict[str, bytes]:
    """Return every object of an item by its name below the bucket's address."""
    files, root = fsspec.url_to_fs(bucket.address)
    names = (name.removeprefix(f"{root}/") for name in files.find(root))
    return {name: files.cat_file(f"{root}/{name}") for name in names if "/" in name}


def test_an_item_comes_back_as_it_was_sent(bucket, folder, tmp_path):
    bucket.send(ITEM, folder)
    assert sorted(objects(bucket)) == [
        f"ab/{ITEM}.json",
        f"ab/{ITEM}/inner/empty",
        f"ab/{ITEM}/value",
    ]
    (tmp_path / "copy").mkdir()
    assert bucket.fetch(ITEM, tmp_path / "copy")
    assert (tmp_path / "copy/value").read_bytes() == bytes(range(256))
    assert (tmp_path / "copy/inner/empty").read_bytes() == b""
    ((key, size, _),) = bucket.sizes()
    assert (key, size) == (ITEM, 256)


def test_objects_without_a_manifest_are_no_item(bucket, folder, monkeypatch, tmp_path):
    def fail(*_):
        raise OSError("the connection is lost")

    monkeypatch.setattr(bucket._files, "pipe_file", fail)
    with pytest.raises(OSError, match="lost"):
        bucket.send(ITEM, folder)
    assert len(objects(bucket)) == 2
    assert not bucket.exists(ITEM)
    (tmp_path / "copy").mkdir()
    assert not bucket.fetch(ITEM, tmp_path / "copy")


@pytest.mark.parametrize("damage", ["changed", "lost", "manifest"])
def test_a_damaged_item_is_removed_and_said(bucket, folder, tmp_path, caplog, damage):
    bucket.send(ITEM, folder)
    files, root = fsspec.url_to_fs(bucket.address)
    place = f"{root}/ab/{ITEM}"
    if damage == "changed":
        files.pipe_file(f"{place}/value", bytes(256))
    elif damage == "lost":
        files.rm_file(f"{place}/value")
    else:
        files.pipe_file(f"{place}.json", b"[{")
    (tmp_path / "copy").mkdir()
    with caplog.at_level("WARNING"):
        assert not bucket.fetch(ITEM, tmp_path / "copy")
    (line,) = caplog.messages
    assert ITEM[:12] in line
    assert "made anew" in line
    assert objects(bucket) == {}


def test_the_manifest_lists_names_sizes_and_digests(bucket, folder):
    bucket.send(ITEM, folder)
    entries = json.loads(objects(bucket)[f"ab/{ITEM}.json"])
    assert [(entry["name"], entry["size"]) for entry in entries] == [
        ("inner/empty", 0),
        ("value", 256),
    ]
    assert all(len(entry["sha256"]) == 64 for entry in entries)


def test_removing_an_item_leaves_the_others(bucket, folder):
    for item in (ITEM, "ac" * 32):
        bucket.send(item, folder)
    bucket.remove(ITEM)
    bucket.remove(ITEM)
    assert [key for key, *_ in bucket.sizes()] == ["ac" * 32]


@pytest.mark.parametrize("address", ["nonsense://place", "s3://"])
def test_an_address_that_leads_nowhere_is_one_line(address):
    with pytest.raises(InputError, match=r"^params\.yaml: items\.root: ") as caught:
        Bucket(address)
    assert "\n" not in str(caught.value)
