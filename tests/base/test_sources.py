import json

import pytest
import torch

from tasks.base import parts, sources
from tasks.conditioning import model
from tasks.core import store
from tasks.core.errors import InputError


def test_a_folder_is_recorded_with_its_digest(tiny, tmp_path):
    parts.save(tiny, tmp_path / "mine")
    record = sources.record(str(tmp_path / "mine"))
    assert record == {
        "folder": str(tmp_path / "mine"),
        "digest": store.digest(tmp_path / "mine"),
    }


@pytest.mark.parametrize(
    "name", ["embeded", "no/such/folder", "./missing/model", "/missing/model"]
)
def test_what_is_no_folder_and_no_hub_id_is_refused(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="is no existing folder"):
        sources.record(name)


def test_a_hub_id_without_network_is_refused_in_one_line():
    with pytest.raises(InputError, match="nobody/nothing: no base model") as caught:
        sources.record("nobody/nothing")
    assert "\n" not in str(caught.value)


@pytest.fixture
def hub(tiny, tmp_path, monkeypatch) -> str:
    """Return the commit of `someone/tiny` in the client's cache, which stands in for the hub."""
    commit = "0123456789abcdef0123456789abcdef01234567"
    cached = tmp_path / "models--someone--tiny"
    parts.save(tiny, cached / "snapshots" / commit)
    (cached / "refs").mkdir()
    (cached / "refs" / "main").write_text(commit)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    return commit


def test_a_hub_id_is_recorded_with_its_commit(hub):
    assert sources.record("someone/tiny") == {"hub": "someone/tiny", "revision": hub}


def test_a_recorded_hub_id_loads_at_its_commit(hub, tiny, tmp_path):
    (tmp_path / model.RECORD).write_text(json.dumps(sources.record("someone/tiny")))
    loaded = model.load(tmp_path)
    assert torch.equal(loaded.unet.conv_in.weight, tiny.unet.conv_in.weight)
