"""The stage: from scratch, embedded, from a folder; a cut training ends at the same bytes."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from tasks.artifacts.pictures import PHOTOGRAPHS, PICTURES, SCENES, TRAIN
from tasks.base import curves, parts, stage, training, weights
from tasks.base.params import Base
from tasks.conditioning import model
from tasks.core import items, store
from tasks.core.errors import InputError
from tasks.core.params import Runtime
from tests import stores

RUNTIME = Runtime(threads=1, device="cpu", seed=0)
SPLIT = np.array([TRAIN] * 12 + [SCENES] * 3 + [PHOTOGRAPHS], np.uint8)
CAPTIONS = ["a red square", "a blue circle", "green hills", "a grey photo of bricks"] * 4
SCRATCH = {
    "pictures": 10,
    "latents": 6,
    "decoder_blocks": [1, 0, 0, 0],
    "channels": [16, 32],
    "text_width": 16,
    "text_layers": 1,
    "tokens": 256,
    "caption_length": 8,
    "decoder_steps": 5,
    "decoder_batch": 2,
    "decoder_rate": 1e-3,
    "texture": 0.5,
    "steps": 6,
    "batch": 4,
    "rate": 1e-3,
    "warm_up": 1,
    "averaging": 0.9,
    "checkpoint": 2,
}
RUN = """
import sys
sys.path.insert(0, sys.argv[1])
import torch
torch.set_num_threads(1)  # as conftest.py does here: the bytes are those of one thread count
from tests.base.test_stage import CUT, hang, run
from tests import stores
hang()
run(CUT)
"""
CUT = {"decoder_steps": 2, "steps": 24, "checkpoint": 8}


def section(name: str = stage.SCRATCH, **changes: object) -> Base:
    """Return the tiny section with other values."""
    return Base.model_validate(
        {"model": name, "seed": 4, "scratch": {**SCRATCH, **changes}}, strict=True
    )


def run(changes: dict[str, object], name: str = stage.SCRATCH) -> None:
    """Run the stage in the current directory."""
    chosen = section(name, **changes)
    learnings = stage.plan(chosen, RUNTIME)
    for part in learnings:
        stage.fit(part)
    stage.assemble(chosen, learnings)


def hang() -> None:
    """Let the denoiser's training hang after 20 steps, there to be killed."""
    advance = training.advance

    def step(learning, *rest):
        if learning.step == 20:
            time.sleep(600)
        return advance(learning, *rest)

    training.advance = step


def write(pictures: np.ndarray, split: np.ndarray = SPLIT) -> None:
    """Write the store of the stage before into the current directory."""
    count, side = pictures.shape[:2]
    sizes = {"picture": count, "y": side, "x": side, "channel": 3}
    coords = {
        "picture": pictures,
        "caption": CAPTIONS[:count],
        "source": ["test"] * count,
        "split": split,
    }
    with store.output("pictures") as folder:
        stores.create(folder / "pictures.zarr", PICTURES, sizes, coords=coords)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pictures: np.ndarray) -> Path:
    """Return a project with pictures, as the current directory."""
    monkeypatch.chdir(tmp_path)
    write(pictures)
    return tmp_path


def test_a_model_from_scratch_loads_and_paints(place):
    run({})
    trained = model.load(store.folder("base"))
    assert (trained.vae_factor, trained.sample_size) == (8, 32)
    painted = curves.painted(trained, ["a red square", "green hills"])
    assert painted.shape == (2, 32, 32, 3)


def test_it_leaves_its_recipe_and_its_curves(place):
    run({})
    record = json.loads(store.file("base", curves.FILE).read_text())
    assert record["recipe"] == {"seed": 4, **SCRATCH}
    assert record["data"] == {"pictures": 10, "size": 32}
    assert [point["step"] for point in record["decoder"]["loss"]] == [1, 2, 3, 4, 5]
    assert [point["step"] for point in record["denoiser"]["distance"]] == [2, 4, 6]
    assert 5 < record["decoder"]["peak_signal_to_noise"] < 40
    assert all(point["distance"] > 0 for point in record["denoiser"]["distance"])


def learnt() -> list[str]:
    return [store.digest(store.file("base", name)) for name in ("vae", "unet", "text_encoder")]


def test_only_training_pictures_are_learnt_from(place, pictures):
    run({})
    before = learnt()
    write(np.where(SPLIT[:, None, None, None] == TRAIN, pictures, 255 - pictures))
    run({})
    assert learnt() == before
    write(np.where(SPLIT[:, None, None, None] == TRAIN, 255 - pictures, pictures))
    run({})
    assert all(new != old for new, old in zip(learnt(), before, strict=True))


def test_a_killed_training_ends_at_the_same_bytes(place, root):
    run(CUT)
    expected = store.digest(store.folder("base"))
    shutil.rmtree(place / ".cache")
    shutil.rmtree(store.folder("base"))
    command = [sys.executable, "-c", RUN, str(root)]
    child = subprocess.Popen(command, cwd=place, stderr=subprocess.DEVNULL)
    denoiser = stage.plan(section(**CUT), RUNTIME)[1]
    try:
        _wait(lambda: items.exists(denoiser.states.key(16)))
    finally:
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
    assert not items.exists(denoiser.key)
    run(CUT)
    assert store.digest(store.folder("base")) == expected


def _wait(condition) -> None:
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_second_run_trains_nothing(place, monkeypatch):
    run({})
    expected = store.digest(store.folder("base"))
    monkeypatch.setattr(stage.scratch, "_learn", None)
    run({})
    assert store.digest(store.folder("base")) == expected


def test_the_embedded_model_does_not_say_where_it_was_copied_from(place, root):
    run({}, name=stage.EMBEDDED)
    texts = [file.read_text() for file in store.folder("base").rglob("*.json")]
    assert texts
    assert not [text for text in texts if str(root) in text or "_name_or_path" in text]


def test_only_the_newest_state_is_kept(place):
    run({})
    denoiser = stage.plan(section(), RUNTIME)[1]
    assert [step for step in range(7) if items.exists(denoiser.states.key(step))] == [6]


def test_another_seed_gives_another_model(place):
    first, second = section(), section().model_copy(update={"seed": 5})
    keys = [part.key for chosen in (first, second) for part in stage.plan(chosen, RUNTIME)]
    assert len(set(keys)) == 4


def test_the_embedded_model_is_copied(place):
    run({}, stage.EMBEDDED)
    ours, theirs = model.load(store.folder("base")), model.load_source(str(weights.FOLDER))
    assert all(
        (first == second).all()
        for first, second in zip(ours.unet.parameters(), theirs.unet.parameters(), strict=True)
    )


def test_a_changed_embedded_file_is_refused(place, tiny, monkeypatch):
    folder = place / "embedded"
    parts.save(tiny, folder)
    weights.seal(folder)
    (folder / "model_index.json").write_text("{}\n")
    monkeypatch.setattr(weights, "FOLDER", folder)
    with pytest.raises(InputError, match=r"model_index\.json: not the file"):
        run({}, stage.EMBEDDED)
    assert not store.folder("base").exists()


def test_a_folder_is_recorded_and_loads(place, tiny):
    parts.save(tiny, place / "mine")
    run({}, "mine")
    assert [path.name for path in store.folder("base").iterdir()] == [model.RECORD]
    assert model.load(store.folder("base")).sample_size == 32


def test_pictures_that_do_not_halve_are_refused(place):
    with pytest.raises(InputError, match=r"base\.scratch\.channels: 4 scales"):
        stage.plan(section(channels=[16, 16, 16, 16]), RUNTIME)


def test_a_store_without_training_pictures_is_refused(place, pictures):
    write(pictures, np.full(16, SCENES, np.uint8))
    with pytest.raises(InputError, match="fewer than two"):
        stage.plan(section(), RUNTIME)


def test_a_loss_that_is_not_finite_is_the_rate_s_fault(place, monkeypatch):
    monkeypatch.setattr(training, "advance", lambda *_: float("nan"))
    with pytest.raises(InputError, match=r"base\.scratch: the loss of the decoder is nan"):
        run({})
