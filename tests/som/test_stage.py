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

VALUES = {
    "rows": 6,
    "cols": 5,
    "topology": {"name": "rect"},
    "neighbourhood": {"name": "gaussian"},
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
        store.create(folder / "pictures.zarr", PICTURES, sizes, coords={"split": split})


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
        store.create(folder / "features.zarr", FEATURES, sizes, coords=coords)


def run(section: Som = SECTION) -> str:
    """Run the stage and return the digest of what it left."""
    trainings = stage.plan(section, RUNTIME)
    for training in trainings:
        stage.fit.fn(training)
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
        ({"exact": 1}, "som.exact"),
    ],
)
def test_wrong_parameters_are_refused_in_one_line(change: dict, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        params.check("som", {**VALUES, **change})
    assert "\n" not in str(caught.value)
