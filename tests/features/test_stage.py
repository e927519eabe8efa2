import shutil

import numpy as np
import pytest
import xarray as xr

from tasks.artifacts.features import FEATURES
from tasks.artifacts.pictures import PICTURES
from tasks.core import engine, params, store
from tasks.core.errors import InputError
from tasks.core.params import Runtime
from tasks.features import stage
from tasks.features.extract import build, channels, extract
from tasks.features.params import Features
from tests import stores
from tests.features.choices import choice

EXTRACTORS = [{"name": "lab", "weight": 1.0}, {"name": "sobel", "weight": 0.5}]
SECTION = Features(cell=8, stride=4, extractors=EXTRACTORS)
RUNTIME = Runtime(threads=1, device="cpu", seed=0)


@pytest.fixture
def project(tmp_path, monkeypatch, crops):
    """A folder with seven pictures in it, in shards of three."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(stage, "SHARD", 3)
    write(crops[:7])
    return tmp_path


def write(pictures: np.ndarray) -> None:
    count, height, width, _ = pictures.shape
    sizes = {"picture": count, "y": height, "x": width, "channel": 3}
    with store.output("pictures") as folder:
        stores.create(
            folder / "pictures.zarr",
            PICTURES,
            sizes,
            coords={"picture": pictures, "caption": [""] * count},
        )


def run(section: Features = SECTION) -> list[stage.Part]:
    parts = stage.plan(section, RUNTIME)
    for part in parts:
        stage.compute(part)
    stage.assemble(section, parts)
    return parts


def test_the_store_holds_the_features_of_every_picture(project, crops) -> None:
    run()
    dataset = store.read("features", FEATURES)
    expected = extract(crops[:7], build(EXTRACTORS), 8, 4)
    np.testing.assert_array_equal(dataset["value"].values, expected.values)
    assert tuple(dataset["feature"].values) == expected.names
    assert tuple(dataset["units"].values) == expected.units
    assert dataset["weight"].values.tolist() == [1.0, 1.0, 1.0, 0.5, 0.5, 0.5]
    assert (dataset.attrs["cell"], dataset.attrs["stride"]) == (8, 4)


def test_another_sharding_gives_the_same_bytes(project, monkeypatch) -> None:
    run()
    before = store.digest(store.folder("features"))
    monkeypatch.setattr(stage, "SHARD", 2)
    run()
    assert store.digest(store.folder("features")) == before


def test_one_more_picture_in_the_middle_is_all_that_is_computed(project, caplog) -> None:
    many = np.random.default_rng(0).integers(0, 256, (200, 16, 24, 3), dtype=np.uint8)
    for pictures in (np.delete(many, 90, axis=0), many):
        write(pictures)
        with caplog.at_level("INFO"):
            engine.map_shards(stage.compute, stage.plan(SECTION, RUNTIME), label="features")
    count = len(stage.plan(SECTION, RUNTIME))
    expected = f"features: {count - 1} of {count} items reused, 1 to compute"
    assert caplog.messages[-1] == expected


def test_parameters_are_part_of_the_key(project) -> None:
    other = Features(cell=4, stride=4, extractors=EXTRACTORS)
    assert stage.plan(SECTION, RUNTIME)[0].key != stage.plan(other, RUNTIME)[0].key


def test_weights_are_stored_but_cost_no_new_shards(project) -> None:
    run()
    heavier = [{**choice, "weight": 3.0} for choice in EXTRACTORS]
    other = Features(cell=8, stride=4, extractors=heavier)
    assert stage.plan(other, RUNTIME)[0].key == stage.plan(SECTION, RUNTIME)[0].key
    run(other)
    assert set(store.read("features", FEATURES)["weight"].values) == {3.0}


def test_ranges_lie_beside_the_units(project) -> None:
    run()
    dataset = store.read("features", FEATURES)
    described = channels(build(EXTRACTORS))
    assert dataset["valid_min"].values.tolist() == [channel.low for channel in described]
    assert dataset["valid_max"].values.tolist() == [channel.high for channel in described]


def test_large_pictures_come_in_smaller_shards(project, monkeypatch) -> None:
    run()
    before = store.digest(store.folder("features"))
    monkeypatch.setattr(stage, "PIXELS", 2 * 24 * 40)
    assert max(part.stop - part.start for part in run()) <= 2
    assert store.digest(store.folder("features")) == before


def test_no_more_than_a_shard_of_pictures_is_read_at_once(project, monkeypatch) -> None:
    """Planning, computing and assembling, each for itself."""
    read, lengths = xr.DataArray.values.fget, []

    def watched(array):
        found = read(array)
        lengths.append(len(found) if found.ndim > 1 else 0)
        return found

    monkeypatch.setattr(xr.DataArray, "values", property(watched))
    run()
    assert max(lengths) == 3


LATENTS = Features(cell=8, stride=4, extractors=[{"name": "latents", "weight": 1.0}])


def test_latents_without_a_base_model_say_what_to_run(project) -> None:
    with pytest.raises(InputError, match="data/base: not there; run: dvc repro base"):
        stage.plan(LATENTS, RUNTIME)


def test_the_base_model_is_part_of_the_key_of_latents_alone(project, model) -> None:
    place = shutil.copytree(model, project / "data" / "base")
    both = SECTION, LATENTS
    before = [stage.plan(section, RUNTIME)[0].key for section in both]
    (place / "record.txt").write_text("another")
    after = [stage.plan(section, RUNTIME)[0].key for section in both]
    assert before[0] == after[0]
    assert before[1] != after[1]
    run(LATENTS)
    assert store.read("features", FEATURES).sizes["feature"] == 5


def test_a_stride_that_does_not_divide_the_pictures_is_refused(project) -> None:
    with pytest.raises(
        InputError, match=r"params.yaml: features.stride: stride is 5; it must divide .* 24 x 40"
    ):
        stage.plan(Features(cell=8, stride=5, extractors=EXTRACTORS), RUNTIME)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cell": 2}, "cell is 2, less than the stride"),
        ({"cell": 0}, "features.cell"),
        ({"extractors": [{"name": "colour", "weight": 1.0}]}, "unknown name 'colour'"),
        ({"width": 3}, "features.width"),
        (
            {"extractors": [{**choice("canny"), "low": 0.4}]},
            r"params\.yaml: features\.extractors: extractors\.0: canny: low is 0\.4, above high",
        ),
        ({"extractors": [{**choice("pca"), "components": 10}]}, "more than the 9 pixels"),
        ({"extractors": [{**choice("gabor"), "wavelengths": [1.0]}]}, r"gabor: wavelengths\.0"),
    ],
)
def test_wrong_parameters_are_refused_in_one_line(change: dict, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        params.check("features", {**SECTION.model_dump(), **change})
    assert "\n" not in str(caught.value)
