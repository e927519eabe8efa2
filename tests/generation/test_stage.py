"""The stage: every mode of every set, whatever is painted beside it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from tasks.artifacts.generation import GENERATION
from tasks.conditioning import model
from tasks.core import store
from tasks.core.errors import InputError
from tasks.generation import stage
from tasks.generation.params import Generation
from tests.controlnet import small

MODES = {
    "none": {"name": "none"},
    "img2img_50": {"name": "img2img", "strength": 0.5},
    "img2img_100": {"name": "img2img", "strength": 1.0},
    "controlnet": {"name": "controlnet", "controlnet_conditioning_scale": 1.0},
    "faithful": {
        "name": "faithful",
        "painted": {"name": "img2img", "strength": 0.5},
        "steps": 2,
        "keep": 0.0,
        "edges": 0.5,
    },
    "ceiling": {"name": "ceiling"},
}
CELLS: dict[str, Any] = {
    "cell": small.FEATURES.cell,
    "stride": small.FEATURES.stride,
    "decoders": small.IMPRESSIONS_SECTION.decoders,
}


def section(**changes: object) -> Generation:
    values = {
        "pictures": 4,
        "scheduler": "unipc",
        "num_inference_steps": 2,
        "guidance_scale": 1.5,
        "modes": MODES,
    }
    return Generation.model_validate({**values, **changes})


def run(chosen: Generation) -> stage.Plan:
    work = stage.plan(chosen, small.RUNTIME, **CELLS)
    small.each(stage.paint, work.shards)
    stage.assemble(work)
    return work


def read(name: str):
    place = store.file("generation", f"{name}.zarr")
    return store.open_store(place, GENERATION, remedy="run: dvc repro generation")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small project in which the stage has run."""
    place = tmp_path_factory.mktemp("project")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        small.write()
        small.train(small.section(steps=0, curve=[0]))
        run(section())
    return place


@pytest.fixture(autouse=True)
def project(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(folder)
    return folder


def test_a_store_holds_every_mode_of_the_held_out_pictures() -> None:
    scenes, photographs = read("scenes"), read("photographs")
    assert scenes["mode"].values.tolist() == list(MODES)
    assert scenes.picture.shape == (len(MODES), 3, 32, 32, 3)
    assert scenes.picture_index.values.tolist() == [14, 15, 16]
    assert photographs.picture_index.values.tolist() == [17, 18]
    captions = store.read("pictures", stage.PICTURES).caption.values
    assert scenes.caption.values.tolist() == captions[14:17].tolist()


def test_a_store_says_what_it_was_made_of() -> None:
    attributes = read("scenes").attrs
    assert attributes["seed"] == small.RUNTIME.seed
    for name in stage.INPUTS:
        assert attributes[name] == store.digest(store.folder(name))


def test_the_ceiling_is_the_round_trip_of_the_pictures() -> None:
    base = model.load(store.folder("base"))
    sources = store.read("pictures", stage.PICTURES).picture[14:17].values
    expected = base.decode(base.encode(sources))
    np.testing.assert_array_equal(read("scenes").picture.sel(mode="ceiling").values, expected)


def test_an_untrained_controlnet_paints_what_the_caption_alone_does() -> None:
    pictures = read("scenes").picture
    np.testing.assert_array_equal(pictures.sel(mode="controlnet"), pictures.sel(mode="none"))
    assert (pictures.sel(mode="img2img_50").values != pictures.sel(mode="none").values).any()


def test_another_division_into_blocks_gives_nearly_the_same_pictures(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = read("scenes").picture.values.astype(int)
    with monkeypatch.context() as patch:
        patch.setattr(stage, "BLOCK", 2)
        run(section())
        assert np.abs(read("scenes").picture.values - before).max() <= 1
    run(section())


def test_the_same_work_gives_the_same_bytes() -> None:
    before = store.digest(store.folder("generation"))
    run(section())
    assert store.digest(store.folder("generation")) == before


def test_a_mode_more_repaints_no_other() -> None:
    before = {part.key for part in stage.plan(section(), small.RUNTIME, **CELLS).shards}
    more = {**MODES, "img2img_20": {"name": "img2img", "strength": 0.2}}
    after = [part for part in stage.plan(section(modes=more), small.RUNTIME, **CELLS).shards]
    assert {part.mode for part in after if part.key not in before} == {"img2img_20"}


def test_another_controlnet_repaints_what_reads_it_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    before = {part.key for part in stage.plan(section(), small.RUNTIME, **CELLS).shards}
    digest = store.digest
    monkeypatch.setattr(
        store, "digest", lambda path: digest(path) + ("!" if path.name == "controlnet" else "")
    )
    after = stage.plan(section(), small.RUNTIME, **CELLS).shards
    assert {part.mode for part in after if part.key not in before} == {"controlnet"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"modes": {"a": {"name": "paintbrush"}}}, "a: unknown name 'paintbrush'"),
        ({"modes": {"a": {"name": "img2img", "strength": 2.0}}}, "a: img2img: strength"),
        ({"modes": {}}, "modes"),
        ({"num_inference_steps": 0}, "num_inference_steps"),
    ],
)
def test_a_wrong_value_is_refused(change: dict[str, object], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        section(**change)


def test_without_a_controlnet_the_stage_to_run_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    small.write()
    with pytest.raises(InputError, match=r"not there; run: dvc repro controlnet"):
        stage.plan(section(), small.RUNTIME, **CELLS)


def test_a_mode_that_needs_what_the_stage_has_not_is_refused_before_anything_is_painted() -> None:
    scale = {"controlnet_conditioning_scale": 1.0}
    styled = {"name": "styled", **scale, "weight": 0.5, "until": 0.3}
    with pytest.raises(InputError, match=r"generation\.modes\.a: needs a reference, which this"):
        stage.plan(section(modes={**MODES, "a": styled}), small.RUNTIME, **CELLS)


def test_a_mode_that_reads_pictures_is_refused_where_there_is_nothing_to_be_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stage.Readable, "known", ())
    with pytest.raises(
        InputError, match=r"generation\.modes\.faithful: the impressions show none"
    ):
        stage.plan(section(), small.RUNTIME, **CELLS)
