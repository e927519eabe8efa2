"""The stage: what it leaves, that a cut training ends at the same bytes, and what it refuses."""

import json
import shutil

import cv2
import numpy as np
import pytest
import torch
from pydantic import ValidationError
from safetensors.torch import load_file, save_file

from tasks.artifacts.orientation import CROPS
from tasks.base import training
from tasks.core import items, store
from tasks.core.errors import InputError
from tasks.orientation import stage, trained
from tests.orientation import small


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder to run in, as the current directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A project in which the stage has run."""
    home = tmp_path_factory.mktemp("finished")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        small.run()
    return home


@pytest.fixture
def copied(finished, place):
    """That project once more, to be harmed."""
    shutil.copytree(finished / "data", place / "data")
    return place / "data/orientation"


def test_it_leaves_a_model_its_curve_and_the_crops(copied):
    model = trained.load(copied, "cpu")
    assert (model.size, model.cell) == (16, 4)
    assert len(json.loads((copied / stage.CURVE).read_text())["loss"]) == 6
    data = store.read("orientation", CROPS)
    assert data.held_out.values.tolist() == [0] * 20 + [1] * 6
    sides = [set(data.source.values[data.held_out.values == side]) for side in (0, 1)]
    assert not sides[0] & sides[1]
    assert all(side for side in sides)
    start = model.arm.prior.draw((1, 1, 16, 16), torch.Generator().manual_seed(0))
    assert float(start.abs().max()) <= np.pi


def test_a_training_that_is_cut_goes_on_to_the_same_bytes(finished, place, monkeypatch):
    advance = training.advance

    def fails(learning, *rest):
        if learning.step == 5:
            raise KeyboardInterrupt
        return advance(learning, *rest)

    monkeypatch.setattr(training, "advance", fails)
    with pytest.raises(KeyboardInterrupt):
        small.run()
    assert not (place / "data").exists()
    done = []

    def counts(learning, *rest):
        done.append(learning.step)
        return advance(learning, *rest)

    monkeypatch.setattr(training, "advance", counts)
    small.run()
    assert done == [4, 5]
    for name in (trained.WEIGHTS, trained.PRIOR, stage.CURVE):
        here, there = (home / "data/orientation" / name for home in (place, finished))
        assert here.read_bytes() == there.read_bytes()


def test_another_sampler_does_not_train_anew():
    recipe = {**small.SECTION["recipe"], "sampler": "heun", "grid": "schedule"}
    first, second, third = (
        stage.plan(small.section(**changes), small.RUNTIME).key
        for changes in ({}, {"recipe": recipe}, {"rate": 2e-3})
    )
    assert first == second
    assert first != third


def test_a_constant_picture_stops_it_in_one_line_and_harms_nothing(copied, place):
    (place / "inbox").mkdir()
    for name in "abc":
        cv2.imwrite(f"inbox/{name}.png", np.full((40, 40), 90, np.uint8))
    before = store.digest(copied)
    source = {
        "name": "folder",
        "pattern": "*.png",
        "shrink": 1.0,
        "grouped": False,
        "contrast": 16.0,
    }
    with pytest.raises(InputError, match=r"inbox/.\.png: constant") as caught:
        small.run(source=source)
    assert "\n" not in str(caught.value)
    assert store.digest(copied) == before


def test_a_picture_smaller_than_the_crop_stops_it_in_one_line(place):
    (place / "inbox").mkdir()
    for name in "abc":
        cv2.imwrite(f"inbox/{name}.png", np.arange(144, dtype=np.uint8).reshape(12, 12))
    source = {
        "name": "folder",
        "pattern": "*.png",
        "shrink": 1.0,
        "grouped": False,
        "contrast": 16.0,
    }
    with pytest.raises(InputError, match=r"inbox/.\.png: 12x12 pixels, smaller than a crop of 16"):
        small.run(source=source)


def test_weights_of_another_configuration_are_refused(copied):
    config = json.loads((copied / trained.CONFIG).read_text())
    config["network"]["widths"] = [32]
    (copied / trained.CONFIG).write_text(json.dumps(config))
    with pytest.raises(InputError, match="is not of the configuration beside it"):
        trained.load(copied, "cpu")


@pytest.mark.parametrize("name", [trained.WEIGHTS, trained.PRIOR])
def test_values_that_are_not_finite_are_refused(copied, name):
    values = load_file(copied / name)
    first = next(iter(values))
    values[first] = torch.full_like(values[first], torch.nan)
    save_file(values, copied / name)
    with pytest.raises(InputError, match=f"{name}: {first}.* not finite"):
        trained.load(copied, "cpu")


@pytest.mark.parametrize("name", [trained.CONFIG, trained.WEIGHTS, trained.PRIOR])
def test_a_damaged_or_missing_file_is_named(copied, name):
    (copied / name).write_bytes(b"{")
    with pytest.raises(InputError, match=f"{name}: .*dvc repro orientation"):
        trained.load(copied, "cpu")
    (copied / name).unlink()
    with pytest.raises(InputError, match=f"{name}: .*dvc repro orientation"):
        trained.load(copied, "cpu")


@pytest.mark.parametrize(
    "bad", [{"size": 18}, {"cell": 5}, {"source": {"name": "nothing"}}, {"drop": 1.5}, {"more": 1}]
)
def test_wrong_parameters_are_refused(bad):
    with pytest.raises((ValidationError, InputError)):
        small.section(**bad)


def test_states_are_dropped_but_the_newest(place):
    planned = small.run()
    there = [step for step in range(1, 7) if items.exists(planned.states.key(step))]
    assert there == [6]
