import numpy as np
import pytest

from tasks.artifacts.features import FEATURES
from tasks.artifacts.pictures import PICTURES
from tasks.artifacts.som import SOM
from tasks.core import items, params, store
from tasks.core.errors import InputError
from tasks.core.params import Runtime
from tasks.som import stage
from tasks.som.codebook import Codebook
from tasks.som.params import Som
from tasks.som.samples import budget, growth, reading
from tests import stores

VALUES = {
    "rows": 6,
    "cols": 5,
    "topology": {"name": "rect"},
    "neighbourhood": {"name": "gaussian"},
    "initialisation": {"name": "pca"},
    "bmu": "auto",
    "epochs": 4,
    "sigma": {"start": 2.0, "end": 0.7},
    "decay": {"name": "exponential"},
    "clusters": 4,
    "samples": 500,
    "sample_schedule": "full",
    "memory_limit": 64,
    "exact": True,
}
SECTION = params.check("som", VALUES)
RUNTIME = Runtime(threads=1, device="cpu", seed=3)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with features of twelve pictures, four of them for training."""
    monkeypatch.chdir(tmp_path)
    write_pictures([0, 1, 0, 2, 0, 1, 1, 1, 1, 0, 2, 2])
    write_features(np.random.default_rng(0).normal(size=(12, 16, 16, 3)).astype(np.float32))
    return tmp_path


def write_pictures(split: list[int]) -> None:
    sizes = {"picture": len(split), "y": 2, "x": 2, "channel": 3}
    with store.output("pictures") as folder:
        stores.create(folder / "pictures.zarr", PICTURES, sizes, coords={"split": split})


def write_features(values: np.ndarray) -> None:
    values[1] = 1e6  # of a held-out picture: must not matter
    sizes = dict(zip(("picture", "y", "x", "feature"), values.shape, strict=True))
    coords = {
        "value": values,
        "feature": ["a", "b", "c"],
        "units": ["1"] * 3,
        "weight": [1.0, 2.0, 0.5],
    }
    with store.output("features") as folder:
        stores.create(folder / "features.zarr", FEATURES, sizes, coords=coords)


def run(section: Som = SECTION) -> str:
    """Run the stage and return the digest of what it left."""
    trainings = stage.plan(section, RUNTIME)
    for training in trainings:
        stage.fit(training)
    stage.assemble(section, trainings)
    return store.digest(store.folder("som"))


def forget() -> None:
    import shutil

    shutil.rmtree(items.ITEMS)


def test_the_store_holds_a_trained_map_of_the_training_pictures(project) -> None:
    run()
    dataset = store.read("som", SOM)
    assert dataset["hits"].values.sum() == dataset.attrs["samples"] == 500
    assert np.abs(dataset["mean"].values).max() < 0.2
    np.testing.assert_allclose(dataset["scale"].values, [1.0, 0.5, 2.0], rtol=0.1)
    np.testing.assert_allclose(dataset["sigma"].values, np.geomspace(2.0, 0.7, 4))
    errors = dataset["quantization_error"].values
    assert (np.diff(errors) < 0).all()
    book = Codebook.from_dataset(dataset)
    assert book.shape == (6, 5)
    assert book.names == ("a", "b", "c")


def test_the_hits_are_the_matches_of_all_training_cells_where_all_are_used(project) -> None:
    run(params.check("som", {**VALUES, "samples": 10_000}))
    dataset = store.read("som", SOM)
    cells = store.read("features", FEATURES)["value"].values[[0, 2, 4, 9]].reshape(-1, 3)
    counts = np.bincount(Codebook.from_dataset(dataset).match(cells), minlength=30)
    np.testing.assert_array_equal(dataset["hits"].values.ravel(), counts)


def test_clusters_and_seats_agree(project) -> None:
    run()
    dataset = store.read("som", SOM)
    cluster, seat = dataset["cluster"].values, dataset["seat"].values
    assert cluster.max() + 1 == dataset.attrs["clusters"] <= 4
    np.testing.assert_array_equal(cluster[seat[..., 0], seat[..., 1]], cluster)


def test_a_second_run_from_nothing_gives_the_same_bytes(project) -> None:
    first = run()
    forget()
    assert run() == first


def test_an_interrupted_training_goes_on_to_the_same_bytes(project, monkeypatch) -> None:
    whole = run()
    forget()
    save, saved = stage._save, []

    def fail_at_the_third(folder, epoch) -> None:
        if len(saved) == 2:
            raise KeyboardInterrupt
        saved.append(epoch)
        save(folder, epoch)

    monkeypatch.setattr(stage, "_save", fail_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        run()
    saved.clear()
    assert run() == whole
    assert len(saved) == 2


def test_held_out_pictures_make_no_difference_to_the_map(project) -> None:
    run()
    before = store.read("som", SOM)["codebook"].values
    values = store.read("features", FEATURES)["value"].values.copy()
    values[[3, 5]] = 7.0
    write_features(values)
    run()
    np.testing.assert_array_equal(store.read("som", SOM)["codebook"].values, before)


@pytest.mark.parametrize("samples", [500, 10_000])
@pytest.mark.parametrize("schedule", ["full", "grow"])
def test_cells_in_memory_and_cells_from_the_store_give_the_same_bytes(
    project, monkeypatch, samples: int, schedule: str
) -> None:
    monkeypatch.setattr(growth, "FEWEST", 100)
    section = params.check("som", {**VALUES, "samples": samples, "sample_schedule": schedule})
    whole = run(section)
    forget()
    monkeypatch.setattr(budget, "held", lambda *_: False)
    monkeypatch.setattr(budget, "block", lambda *_: 77)
    assert run(section) == whole


def test_the_limit_of_memory_changes_no_key(project) -> None:
    more = params.check("som", {**VALUES, "memory_limit": 100})
    assert stage.plan(more, RUNTIME)[0].key == stage.plan(SECTION, RUNTIME)[0].key


def test_a_limit_that_is_too_low_is_refused(project) -> None:
    with pytest.raises(InputError, match=r"som\.memory_limit: 2 MiB is too low for 30 nodes"):
        run(params.check("som", {**VALUES, "memory_limit": 2}))


@pytest.mark.parametrize("held", [True, False])
def test_a_store_that_is_cut_short_is_named_and_the_last_map_stays(
    project, monkeypatch, held: bool
) -> None:
    before = run()
    shard = store.file("features", "features.zarr") / "value" / "c" / "0" / "0" / "0" / "0"
    shard.write_bytes(shard.read_bytes()[: shard.stat().st_size // 2])
    monkeypatch.setattr(budget, "held", lambda *_: held)
    with pytest.raises(InputError, match=r"features\.zarr: pictures 0 to 11 are not") as caught:
        run()
    assert str(caught.value).endswith("is cut short or damaged; run: dvc repro features")
    assert "\n" not in str(caught.value)
    assert store.digest(store.folder("som")) == before


def test_more_nodes_than_samples_and_a_constant_feature_work_with_a_warning(
    project, caplog, monkeypatch
) -> None:
    monkeypatch.setattr(reading.log, "propagate", True)
    values = store.read("features", FEATURES)["value"].values.copy()
    values[..., 1] = 3.5
    write_features(values)
    run(params.check("som", {**VALUES, "samples": 20}))
    assert "som: 30 nodes for 20 samples; lower som.rows and som.cols" in caplog.text
    assert "som: feature b is the same in every sample" in caplog.text
    dataset = store.read("som", SOM)
    assert np.isfinite(dataset["codebook"].values).all()
    np.testing.assert_array_equal(dataset["codebook"].values[..., 1], 3.5)


def test_features_of_other_pictures_are_refused(project) -> None:
    write_pictures([0, 0, 0])
    with pytest.raises(InputError, match=r"12 pictures instead of 3; run: dvc repro features"):
        stage.plan(SECTION, RUNTIME)


def test_pictures_without_a_training_split_are_refused(project) -> None:
    write_pictures([1] * 12)
    with pytest.raises(InputError, match="no picture is of split train"):
        stage.plan(SECTION, RUNTIME)


def test_features_that_are_no_numbers_are_refused(project) -> None:
    values = np.zeros((12, 16, 16, 3), np.float32)
    values[4, 0, 0, 0] = np.nan
    write_features(values)
    with pytest.raises(InputError, match=r"features.zarr: values: 1 samples hold NaN"):
        run(params.check("som", {**VALUES, "samples": 10_000}))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"clusters": 31}, "clusters is 31, more than the 30 nodes; ask for fewer"),
        ({"clusters": 0}, "som.clusters"),
        ({"epochs": 0}, "som.epochs"),
        ({"rows": 0}, "som.rows"),
        ({"samples": 0}, "som.samples"),
        ({"sigma": {"start": 1.0, "end": 2.0}}, "end is 2.0, above start 1.0"),
        ({"sigma": {"start": 1.0, "end": 0.0}}, "som.sigma.end"),
        ({"topology": {"name": "sphere"}}, "unknown name 'sphere'"),
        ({"decay": {"name": "sudden"}}, "unknown name 'sudden'"),
        ({"neighbourhood": {"name": "gaussian", "width": 1}}, "neighbourhood: gaussian: width"),
        ({"initialisation": {"name": "nowhere"}}, "unknown name 'nowhere'"),
        ({"initialisation": {"name": "array", "weights": "x"}}, "array is for the class SOM"),
        ({"bmu": "guess"}, "som.bmu"),
        ({"topology": {"name": "rect", "rows": 5}}, "rows stands beside it"),
        ({"sigma": {"start": 1e-300, "end": 1e-300}}, "som.sigma.start"),
        ({"neighbourhood": {"name": "bubble"}, "sigma": {"start": 9, "end": 1}}, "lower it"),
        ({"exact": 1}, "som.exact"),
        ({"sample_schedule": "shrink"}, "som.sample_schedule"),
        ({"memory_limit": 0}, "som.memory_limit"),
    ],
)
def test_wrong_parameters_are_refused_in_one_line(change: dict, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        params.check("som", {**VALUES, **change})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "change",
    [
        {"initialisation": {"name": "sample"}},
        {"initialisation": {"name": "random"}},
        {"topology": {"name": "hex", "torus": True}},
        {"neighbourhood": {"name": "bubble"}, "decay": {"name": "asymptotic"}},
    ],
)
def test_every_kind_of_map_is_trained_and_repeats_itself(project, change: dict) -> None:
    section = params.check("som", {**VALUES, **change})
    first = run(section)
    forget()
    assert run(section) == first
    book = Codebook.from_dataset(store.read("som", SOM))
    assert np.isfinite(book.weights).all()
    assert np.isfinite(book.coordinates(book.weights.astype(np.float32))).all()
