"""The stage: from stores to stores."""

import numpy as np
import pytest
import yaml

from tasks.artifacts.impressions import GRID, IMPRESSIONS
from tasks.core import items, params, store
from tasks.core.errors import InputError
from tasks.impressions import stage
from tests.impressions import small


@pytest.fixture
def project(tmp_path, monkeypatch, photographs):
    """Pictures, features and the map as stores, and their parameters."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(stage, "SHARD", 3)
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(small.SECTIONS))
    small.write_pictures(photographs)
    small.write_features(photographs)
    small.write_som()
    return tmp_path


def run() -> list[stage.Part]:
    """Run the stage as its flow does."""
    section, features, runtime = (
        params.load(name) for name in ("impressions", "features", "runtime")
    )
    parts, views = stage.plan(section, features, runtime), stage.plan_grid(section, features)
    for part in parts:
        stage.compute(part)
    for view in views:
        stage.compute_grid(view)
    stage.assemble(section, features, parts, views)
    return parts


def test_shards_put_together_equal_one_pass_over_the_pictures(project, read, photographs):
    assert len(run()) == 3
    found = store.read("impressions", IMPRESSIONS)
    assert found.impression.dtype == np.float16
    np.testing.assert_array_equal(found.impression.values.astype(np.float32), read(photographs))
    np.testing.assert_array_equal(found.best_matching_unit.values, read.units(photographs))
    assert tuple(found.channel.values) == read.channels
    assert tuple(found["units"].values) == read.units_of
    values = np.moveaxis(found.impression.values.astype(np.float64), 1, 0).reshape(7, -1)
    np.testing.assert_allclose(found["mean"].values, values.mean(1), atol=1e-6)
    np.testing.assert_allclose(found["deviation"].values, values.std(1), atol=1e-6)
    np.testing.assert_array_equal(found["least"].values, values.min(1))
    np.testing.assert_array_equal(found["greatest"].values, values.max(1))


def test_the_grid_shows_a_photograph_of_each_source_in_turn(project):
    run()
    found = store.read("impressions", GRID)
    assert found.picture_index.values.tolist() == [2, 4, 3]
    assert found["view"].shape == (3, 6, 5, 3)
    assert np.ptp(found["view"].values, axis=(1, 2)).min() > 20


def test_a_second_run_computes_nothing_and_writes_the_same_bytes(project, monkeypatch):
    first = run()
    digest = store.digest(store.folder("impressions"))
    monkeypatch.setattr(np, "save", lambda *_, **__: pytest.fail("computed again"))
    assert [part.key for part in run()] == [part.key for part in first]
    assert store.digest(store.folder("impressions")) == digest


def test_refinements_reach_the_store(project, set_section, read, photographs):
    run()
    chain = [{"name": "sharpening", "channels": ["luma"], "radius": 2.0, "amount": 1.0}]
    set_section("impressions", refinements=chain)
    run()
    found = store.read("impressions", IMPRESSIONS)
    same = [name == "luma" for name in read.channels]
    values, plain = found.impression.values.astype(np.float32), read(photographs)
    assert [not np.array_equal(values[:, at], plain[:, at]) for at in range(7)] == same
    np.testing.assert_array_equal(found.best_matching_unit.values, read.units(photographs))


def test_a_changed_picture_leaves_the_other_shards_valid(project, photographs):
    before = [part.key for part in run()]
    changed = photographs.copy()
    changed[7] = 255 - changed[7]
    small.write_features(changed)
    after = stage.plan(*(params.load(name) for name in ("impressions", "features", "runtime")))
    assert [part.key == key for part, key in zip(after, before, strict=True)] == [
        True,
        True,
        False,
    ]


def test_the_number_of_views_touches_no_shard(project, set_section):
    before = [part.key for part in run()]
    set_section("impressions", grid_pictures=0)
    assert [part.key for part in run()] == before
    assert store.read("impressions", GRID).sizes["picture"] == 0
    assert all(items.exists(key) for key in before)


@pytest.mark.parametrize(
    ("decoders", "message"),
    [
        (
            [{"name": "colour"}, {"name": "luminance"}],
            "diffusers would take 4 of them for latents",
        ),
        ([{"name": "colour"}, {"name": "colour"}], "they must differ"),
        ([{"name": "edges", "full_scale": 0.0}], r"decoders\[0\]: edges: full_scale"),
        ([], "gives the channels none"),
    ],
)
def test_decoders_that_cannot_work_are_refused_with_the_parameters_name(
    project, set_section, decoders, message
):
    set_section("impressions", decoders=decoders)
    with pytest.raises(InputError, match=rf"params\.yaml: impressions\.decoders: .*{message}"):
        params.load("impressions")
