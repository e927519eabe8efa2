"""The stage: what it leaves, that it goes on where it was cut, and what it refuses."""

import json
import shutil

import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

from tasks.artifacts.impressions import IMPRESSIONS
from tasks.artifacts.orientation_samples import FREE, RENDERED, SAMPLES, STEERED
from tasks.artifacts.pictures import PHOTOGRAPHS, PICTURES, TRAIN, WHOLE_PHOTOGRAPHS
from tasks.core import store
from tasks.core.errors import InputError
from tasks.orientation.layouts.layout import error, layout
from tasks.orientation.layouts.steering import Steered
from tasks.orientation_samples import stage
from tasks.orientation_samples.params import OrientationSamples
from tests import stores
from tests.orientation import small
from tests.orientation.metrics.test_metrics import waves

SECTION = {
    "samples": 4,
    "evaluations": 8,
    "guidance": 1.5,
    "layouts": "tensor",
    "side": 32,
    "clear": 0.3,
    "branches": 2,
    "shown": 2,
    "frames": 3,
}


def photographs() -> None:
    """Write two photographs of stripes."""
    grey = waves([0.3, 1.2], size=64)
    sizes = {"picture": 2, "y": 64, "x": 64, "channel": 3}
    coords = {"photograph": np.repeat(grey[..., None], 3, -1)}
    with store.output("pictures") as folder:
        stores.create(folder / "photographs.zarr", WHOLE_PHOTOGRAPHS, sizes, coords=coords)


def run(**changes: object) -> stage.Plan:
    """Run the stage in the current directory."""
    section = OrientationSamples.model_validate({**SECTION, **changes})
    planned = stage.plan(section, small.RUNTIME)
    for part in planned.all:
        stage.draw(part)
    stage.assemble(section, planned)
    return planned


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A project in which both stages have run."""
    home = tmp_path_factory.mktemp("finished")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        photographs()
        small.run()
        run()
    return home


@pytest.fixture
def place(finished, tmp_path, monkeypatch):
    """A copy of what the stage reads, as the current directory."""
    for name in ("pictures", "orientation"):
        shutil.copytree(finished / "data" / name, tmp_path / "data" / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def opened(home, kind: str):
    path = home / f"data/orientation_samples/{kind}.zarr"
    return store.open_store(path, SAMPLES, remedy="").load()


def test_it_leaves_three_sets_with_what_steered_them(finished):
    free, steered, rendered = (opened(finished, kind) for kind in (FREE, STEERED, RENDERED))
    assert free.picture.shape == steered.picture.shape == (4, 16, 16)
    assert rendered.picture.shape == (2, 32, 32)
    assert not free.layout.values.any()
    assert rendered.layout.shape == (2, 2, 8, 8)
    assert steered.original.values.std() > 0
    assert np.abs(free.phase.values).max() <= np.pi


def test_it_leaves_a_tree_and_two_films(finished):
    home = finished / "data/orientation_samples"
    sizes = {}
    for name in ("tree", "forward", "reverse"):
        with Image.open(home / f"{name}.png") as picture:
            sizes[name] = picture.size
    assert sizes["tree"] == (2 * (8 * 18 - 2), 2 * (4 * 18 - 2))
    assert sizes["forward"] == (2 * (3 * 18 - 2), 2 * (2 * 18 - 2))
    assert sizes["reverse"] == (2 * (4 * 18 - 2), 2 * (2 * 18 - 2))


def test_figures_stand_beside_their_floors(finished):
    figures = json.loads((finished / "data/orientation_samples/metrics.json").read_text())
    for kind in (FREE, STEERED):
        for found in figures[kind].values():
            low, high = found["interval"]
            assert 0 <= low <= high
            assert found["floor"] > 0
    assert 0 <= figures["layout"][STEERED]["degrees"] <= 90


def test_a_run_that_is_cut_goes_on_to_the_same_bytes(finished, place, monkeypatch):
    sample, calls = stage._sample, []

    def fails(part, *rest):
        if len(calls) == 2:
            raise KeyboardInterrupt
        calls.append(part.kind)
        return sample(part, *rest)

    monkeypatch.setattr(stage, "_sample", fails)
    with pytest.raises(KeyboardInterrupt):
        run()
    monkeypatch.setattr(stage, "_sample", lambda *both: (calls.append("more"), sample(*both))[1])
    run()
    assert calls == [FREE, STEERED, "more"]
    here, there = (home / "data/orientation_samples" for home in (place, finished))
    assert store.digest(here) == store.digest(there)


def write_impressions(channels: list[str], split: int = PHOTOGRAPHS) -> None:
    """Write pictures of two photographs and impressions whose lines run one way each."""
    colours = np.repeat(waves([0.3, 0.3, 1.2, 1.2], size=32)[..., None], 3, -1)
    sources = ["photograph:a", "photograph:a", "photograph:b", "photograph:b"]
    pictures = {"picture": colours, "source": sources, "split": [split] * 4}
    angles = np.array([0.3, 0.3, 1.2, 1.2])[:, None, None] * np.ones((1, 7, 7))
    maps = np.stack([np.cos(2 * angles), np.sin(2 * angles)] * (len(channels) // 2), 1) / 2 + 0.5
    coords = {"impression": maps.astype(np.float16), "channel": channels}
    with store.output("pictures") as folder:
        sizes = {"picture": 4, "y": 32, "x": 32, "channel": 3}
        stores.create(folder / "pictures.zarr", PICTURES, sizes, coords=pictures)
    with store.output("impressions") as folder:
        sizes = {"picture": 4, "channel": len(channels), "y": 7, "x": 7}
        stores.create(folder / "impressions.zarr", IMPRESSIONS, sizes, coords=coords)


def test_layouts_may_be_those_of_impressions(place):
    write_impressions(["orientation_cos", "orientation_sin"])
    run(layouts="impression")
    found = opened(place, RENDERED)
    assert found.picture.shape == (2, 32, 32)
    assert found.layout.shape == (2, 2, 8, 8)
    for number, angle in enumerate((0.3, 1.2)):
        wanted = [np.cos(2 * angle), np.sin(2 * angle)]
        np.testing.assert_allclose(found.layout[number].values.mean((1, 2)), wanted, atol=2e-3)
    degrees = error(layout(found.original.values, 4), found.layout.values)
    assert degrees.max() < 5  # the impression's angle is the picture's


def test_a_model_that_knows_of_clusters_is_steered_by_those_of_impressions(place, monkeypatch):
    both = ["orientation_cos", "orientation_sin", "cluster_row", "cluster_col"]
    write_impressions(both, TRAIN)
    small.run(source={"name": "impressions"}, folder="data/impressions")
    photographs()
    run()  # layouts alone, read off the photographs
    write_impressions(both)
    shown = []

    def seen(network, condition, guidance):
        shown.append(condition)
        return Steered(network, condition, guidance)

    monkeypatch.setattr(stage, "Steered", seen)
    run(layouts="impression")
    steered, rendered = shown
    assert steered.shape[1] == rendered.shape[1] == 6
    assert not steered[:, 3:].any()
    assert (rendered[:, 3] == 1).all()
    np.testing.assert_allclose(rendered[1, 4].mean(), np.cos(2.4), atol=2e-3)


def test_impressions_without_orientation_are_refused_with_a_remedy(place):
    write_impressions(["luma", "edge"])
    with pytest.raises(InputError, match="show no orientation; add"):
        run(layouts="impression")


def test_a_missing_model_names_the_stage_to_run(place):
    shutil.rmtree(place / "data/orientation")
    with pytest.raises(InputError, match="dvc repro orientation"):
        run()


def test_a_model_of_another_configuration_stops_it_and_harms_nothing(place):
    run()
    before = store.digest(store.folder("orientation_samples"))
    file = place / "data/orientation/config.json"
    file.write_text(file.read_text().replace('"groups": 8', '"groups": 4').replace("16\n", "32\n"))
    with pytest.raises(InputError, match="dvc repro orientation"):
        run()
    assert store.digest(store.folder("orientation_samples")) == before


def test_photographs_are_rendered_at_a_side_that_the_model_can_take(place):
    with pytest.raises(InputError, match=r"orientation_samples\.side: 30"):
        run(side=30)


@pytest.mark.parametrize("bad", [{"samples": 1}, {"branches": 9}, {"guidance": -1.0}])
def test_wrong_parameters_are_refused(bad):
    with pytest.raises(ValidationError):
        OrientationSamples.model_validate({**SECTION, **bad})
