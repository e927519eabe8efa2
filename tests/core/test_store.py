import numpy as np
import pytest
import xarray as xr

from tasks.core import store
from tasks.core.errors import InputError
from tasks.core.schema import Schema, Variable

SCHEMA = Schema(
    "toy",
    3,
    {
        "value": Variable(
            ("picture", "y"), "float32", "rad", "phases", {"picture": 4}, {"picture": 8}
        ),
        "caption": Variable(("picture",), "str", "", "caption"),
    },
)
VALUES = np.arange(42, dtype=np.float32).reshape(21, 2)
CAPTIONS = [f"number {i}, é" for i in range(21)]


def write(stage, cuts=()):
    with store.output(stage) as folder:
        sizes = {"picture": 21, "y": 2}
        group = store.create(
            folder / "toy.zarr",
            SCHEMA,
            sizes,
            coords={"caption": CAPTIONS},
            attributes={"seed": 1},
        )
        store.fill(group, "value", SCHEMA, np.split(VALUES, cuts))


def test_a_store_reads_back_with_names_units_and_attributes(project):
    write("toys")
    dataset = store.read("toys", SCHEMA)
    np.testing.assert_array_equal(dataset["value"], VALUES)
    assert list(dataset["caption"].values) == CAPTIONS
    assert dataset["value"].dims == ("picture", "y")
    assert dataset["value"].attrs["units"] == "rad"
    assert dataset.attrs["seed"] == 1


def test_a_store_opens_with_plain_xarray(project):
    write("toys")
    plain = xr.open_zarr(store.locate("toys", SCHEMA), consolidated=False, chunks=None)
    np.testing.assert_array_equal(plain["value"], VALUES)


def test_the_bytes_do_not_depend_on_how_the_blocks_were_cut(project):
    write("one")
    write("two", cuts=(1, 2, 9, 20))
    assert store.digest(store.folder("one")) == store.digest(store.folder("two"))


@pytest.mark.parametrize("slab", [1, 5, 64])
def test_chosen_entries_are_read_in_their_order(project, monkeypatch, slab):
    monkeypatch.setattr(store, "SLAB", slab)
    write("toys")
    dataset, chosen = store.read("toys", SCHEMA), [20, 3, 4, 5, 3, 11]
    np.testing.assert_array_equal(store.take(dataset["value"], chosen), VALUES[chosen])
    assert store.take(dataset["caption"], chosen).tolist() == [CAPTIONS[i] for i in chosen]
    assert store.take(dataset["value"], []).shape == (0, 2)


def test_a_store_lies_in_few_files(project):
    write("toys")
    assert sum(path.is_file() for path in store.folder("toys").rglob("*")) <= 8


def test_a_failure_leaves_the_old_result_and_no_draft(project):
    write("toys")
    before = store.digest(store.folder("toys"))

    def fail():
        with store.output("toys") as folder:
            (folder / "half").write_text("...")
            raise RuntimeError("stopped")

    with pytest.raises(RuntimeError):
        fail()
    assert store.digest(store.folder("toys")) == before
    assert [path.name for path in store.DATA.iterdir()] == ["toys"]


def test_a_new_result_replaces_the_old_one_whole(project):
    write("toys")
    with store.output("toys") as folder:
        (folder / "only").write_text("new")
    assert [path.name for path in store.folder("toys").iterdir()] == ["only"]
    assert [path.name for path in store.DATA.iterdir()] == ["toys"]


def test_a_missing_store_names_the_stage_to_run(project):
    with pytest.raises(InputError, match="dvc repro toys"):
        store.read("toys", SCHEMA)


def test_a_store_of_another_schema_is_refused(project):
    write("toys")
    other = Schema("toy", 4, SCHEMA.variables)
    with pytest.raises(InputError, match="expected 'toy/4'"):
        store.read("toys", other)


def test_a_store_that_lacks_a_variable_is_refused_by_its_name(project):
    write("toys")
    wider = Schema(
        "toy", 3, {**SCHEMA.variables, "luma": Variable(("picture",), "float32", "1", "luma")}
    )
    with pytest.raises(InputError, match="'luma'"):
        store.read("toys", wider)


def test_a_store_cut_short_is_refused(project):
    write("toys")
    (store.locate("toys", SCHEMA) / "zarr.json").write_text("{")
    with pytest.raises(InputError, match="not readable"):
        store.read("toys", SCHEMA)


def test_a_store_of_zeros_is_whole_and_one_that_lacks_a_file_is_not(project):
    with store.output("toys") as folder:
        sizes = {"picture": 21, "y": 2}
        group = store.create(folder / "toy.zarr", SCHEMA, sizes, coords={"caption": [""] * 21})
        store.fill(group, "value", SCHEMA, [np.zeros((21, 2), np.float32)])
    np.testing.assert_array_equal(store.read("toys", SCHEMA)["value"], 0)
    (store.locate("toys", SCHEMA) / "value" / "c" / "1" / "0").unlink()
    with pytest.raises(InputError, match=r"'value' lacks a part of its values; run: dvc repro"):
        store.read("toys", SCHEMA)


def test_unknown_dimension_names_are_refused():
    with pytest.raises(ValueError, match="'banana'"):
        Variable(("banana",), "float32", "1", "fruit")
