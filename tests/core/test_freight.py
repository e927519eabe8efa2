"""What a stage reads, on its way to a checkout that shares no disk with the sender's."""

import shutil

import pytest
import yaml

from tasks.core import freight, items, store
from tasks.core.errors import InputError


@pytest.fixture
def places(project, monkeypatch):
    """Return a sender's and a receiver's checkout; the sender's is the current folder."""
    inbox, made = project / "data/inbox", project / "data/seed"
    for folder in (inbox, made / "inner"):
        folder.mkdir(parents=True)
    (inbox / "photo").write_text("a photograph")
    (made / "inner/value").write_text("made")
    (project / "data/empty").mkdir()
    stages = {
        "seed": {"cmd": "seed", "outs": ["data/seed"]},
        "next": {
            "cmd": "next",
            "deps": ["tasks/core", "toy.py", "${pictures.folder}", "data/seed", "data/empty"],
        },
    }
    (project / "dvc.yaml").write_text(yaml.safe_dump({"stages": stages}))
    far = project.parent / f"{project.name}-far"
    far.mkdir()
    for name in ("params.yaml", "dvc.yaml"):
        shutil.copy(project / name, far)
    items.configure(f"memory://{project.name}/items")
    yield project, far
    items.configure(str(items.ITEMS))


def test_data_arrives_as_it_was_sent_and_code_is_not_sent(places, monkeypatch):
    sender, far = places
    loads = freight.send("next")
    assert [str(load.place) for load in loads] == ["data/inbox", "data/seed", "data/empty"]
    monkeypatch.chdir(far)
    for _ in range(2):
        freight.receive(loads)
        for load in loads:
            assert store.digest(far / load.place) == store.digest(sender / load.place)
    assert not list(far.rglob("*.tmp"))


def test_what_a_stage_has_made_is_replaced_and_what_a_user_keeps_is_not(places, monkeypatch):
    _, far = places
    loads = freight.send("next")
    (far / "data/seed").mkdir(parents=True)
    (far / "data/seed/old").write_text("old")
    (far / "data/inbox").mkdir()
    (far / "data/inbox/mine").write_text("mine")
    monkeypatch.chdir(far)
    with pytest.raises(InputError, match=r"data/inbox: on .* it holds mine, which is not what"):
        freight.receive(loads)
    (far / "data/inbox/mine").unlink()
    freight.receive(loads)
    assert sorted(path.name for path in (far / "data/seed").iterdir()) == ["inner"]
    assert (far / "data/inbox/photo").read_text() == "a photograph"


def test_without_a_bucket_nothing_is_sent(places):
    items.configure(str(items.ITEMS))
    assert freight.send("next") == []


def test_what_is_not_in_the_bucket_is_named(places, monkeypatch):
    loads = freight.send("next")
    items.discard(loads[1].key)
    monkeypatch.chdir(places[1])
    with pytest.raises(InputError, match="data/seed: did not reach"):
        freight.receive(loads)
