import gc
import json

import numpy as np
import pytest

from tasks.core.errors import InputError
from tasks.som.estimator.persistence import FORMAT
from tasks.som.estimator.som import SOM


@pytest.fixture(scope="module")
def fitted(samples) -> SOM:
    return SOM((5, 6), topology="hex", epochs=3, sigma=(2, 0.7)).fit(samples)


def test_a_loaded_map_is_the_same_map(fitted, samples, tmp_path) -> None:
    fitted.save(tmp_path / "map.som")
    again = SOM.load(tmp_path / "map.som")
    assert again.get_params() == fitted.get_params()
    for name in ("codebook_", "sigma_", "quantization_error_", "topographic_error_"):
        np.testing.assert_array_equal(getattr(again, name), getattr(fitted, name))
    np.testing.assert_array_equal(again.predict(samples), fitted.labels_)
    np.testing.assert_array_equal(
        again.partial_fit(samples[:300]).codebook_,
        SOM.load(tmp_path / "map.som").partial_fit(samples[:300]).codebook_,
    )


def test_learning_goes_on_as_if_the_map_had_never_been_in_a_file(samples, tmp_path) -> None:
    straight = SOM((4, 4)).partial_fit(samples[:500])
    straight.save(tmp_path / "map.som")
    straight.partial_fit(samples[500:900])
    again = SOM.load(tmp_path / "map.som").partial_fit(samples[500:900])
    np.testing.assert_array_equal(again.codebook_, straight.codebook_)


def test_given_weights_are_kept(samples, tmp_path) -> None:
    weights = np.random.default_rng(0).normal(size=(3, 4, 9))
    SOM((3, 4), init=weights).fit(samples).save(tmp_path / "map.som")
    np.testing.assert_array_equal(SOM.load(tmp_path / "map.som").init, weights)


def test_the_file_is_arrays_and_json(fitted, tmp_path) -> None:
    fitted.save(tmp_path / "map.som")
    with np.load(tmp_path / "map.som", allow_pickle=False) as file:
        header = json.loads(str(file["header"][()]))
        assert all(file[name].dtype.kind in "fiuU" for name in file.files)
    assert header["format"] == FORMAT
    assert header["parameters"]["topology"] == "hex"
    assert [path.name for path in tmp_path.iterdir()] == ["map.som"]


@pytest.mark.parametrize(
    "change", [{"decay": lambda *_: 1.0}, {"random_state": np.random.RandomState(1)}]
)
def test_what_a_file_cannot_hold_is_refused_and_the_old_file_stays(
    fitted, samples, tmp_path, change
) -> None:
    (tmp_path / "map.som").write_text("before")
    som = SOM((3, 3), epochs=1, **change).fit(samples)
    with pytest.raises(ValueError, match="which a file cannot hold"):
        som.save(tmp_path / "map.som")
    assert (tmp_path / "map.som").read_text() == "before"


def test_a_map_that_is_not_fitted_cannot_be_saved(tmp_path) -> None:
    with pytest.raises(ValueError, match="not fitted"):
        SOM().save(tmp_path / "map.som")


def write_other(path) -> None:
    np.savez(path, header=np.array(json.dumps({"format": "other/1"})))


def write_pickle(path) -> None:
    np.savez(path, header=np.array([{"a": 1}], dtype=object))


def cut(path) -> None:
    SOM((2, 2)).fit(np.random.default_rng(0).normal(size=(9, 3))).save(path)
    path.write_bytes(path.read_bytes()[:-200])


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda path: None, "not readable"),
        (lambda path: path.write_text("no archive"), "holds no map"),
        (lambda path: path.write_bytes(b""), "holds no map"),
        (lambda path: np.savez(path, a=np.zeros(3)), "holds no map"),
        (write_other, "format 'other/1'; this release reads"),
        (write_pickle, "holds no map"),
        (cut, "holds no map"),
    ],
)
def test_what_is_no_map_is_refused_in_one_line_that_names_the_file(
    tmp_path, write, message
) -> None:
    path = tmp_path / "map.npz"
    write(path)
    with pytest.raises(InputError, match=message) as caught:
        SOM.load(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("shape", [(np.int64(3), np.int64(4)), np.array([3, 4])])
def test_numbers_of_numpy_are_kept_as_numbers(samples, tmp_path, shape) -> None:
    som = SOM(shape, sigma=(np.float64(1.5), np.float32(1)), epochs=1).fit(samples)
    som.save(tmp_path / "map.som")
    assert SOM.load(tmp_path / "map.som").shape == (3, 4)


def altered(path, change) -> None:
    with np.load(path) as file:
        arrays = dict(file)
    header = json.loads(str(arrays["header"][()]))
    change(header, arrays)
    with path.open("wb") as file:
        np.savez(file, **{**arrays, "header": np.array(json.dumps(header))})


@pytest.mark.parametrize(
    "change",
    [
        lambda header, _: header["parameters"].update(colour="red"),
        lambda header, _: header["parameters"].pop("shape"),
        lambda header, _: header["parameters"].update(shape=[2, 2]),
        lambda header, _: header["parameters"].update(epochs="many"),
        lambda header, _: header.update(parameters=[1, 2]),
        lambda header, _: header.update(steps="three"),
        lambda _, arrays: arrays.update(centre=np.zeros(2)),
        lambda _, arrays: arrays.update(nodes=np.zeros(9)),
        lambda _, arrays: arrays.update(sums=np.zeros((30, 3))),
    ],
)
def test_an_altered_file_is_refused_in_one_line_that_names_it(fitted, tmp_path, change) -> None:
    path = tmp_path / "map.som"
    fitted.save(path)
    altered(path, change)
    with pytest.raises(InputError, match=r"map\.som: ") as caught:
        SOM.load(path)
    assert "\n" not in str(caught.value)


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_a_file_that_is_no_map_is_closed(tmp_path) -> None:
    path = tmp_path / "map.som"
    path.write_bytes(b"PK\x03\x04 and nothing more")
    with pytest.raises(InputError):
        SOM.load(path)
    gc.collect()


def test_a_folder_that_is_not_there_is_named_as_the_user_named_it(fitted, tmp_path) -> None:
    with pytest.raises(InputError, match=r"absent.map\.som: cannot be written: No such file"):
        fitted.save(tmp_path / "absent" / "map.som")
