import numpy as np
import pytest
import torch
import xarray as xr
import zarr

from tasks.som.estimator import table
from tasks.som.samples import source

VALUES = np.random.default_rng(0).normal(size=(101, 3))


def read(values, metric="euclidean", features=None) -> source.Source:
    return table.read(values, block=lambda _: 40, metric=metric, features=features)


def whole(values, **options) -> np.ndarray:
    return np.concatenate(list(read(values, **options).blocks()))


def read_only() -> np.ndarray:
    values = VALUES.copy()
    values.flags.writeable = False
    return values


@pytest.mark.parametrize(
    "values",
    [
        VALUES,
        np.asfortranarray(VALUES),
        np.repeat(VALUES, 2, axis=0)[::2],
        VALUES[::-1][::-1],
        read_only(),
        VALUES.tolist(),
        torch.tensor(VALUES),
        torch.tensor(VALUES, requires_grad=True),
    ],
)
def test_what_holds_the_same_numbers_is_the_same_table(values) -> None:
    np.testing.assert_array_equal(whole(values), VALUES)


@pytest.mark.parametrize("dtype", ["float16", "float32", "int8", "uint8", "int64", "bool"])
def test_every_kind_of_number_is_taken(dtype: str) -> None:
    values = (VALUES > 0).astype(dtype)
    np.testing.assert_array_equal(whole(values), VALUES > 0)


def test_maps_of_files_and_zarr_arrays_are_read_block_by_block(tmp_path) -> None:
    np.save(tmp_path / "values.npy", VALUES)
    stored = zarr.create_array(tmp_path / "values.zarr", data=VALUES, chunks=(16, 3))
    for values in (np.load(tmp_path / "values.npy", mmap_mode="r"), stored):
        found = read(values)
        assert max(len(block) for block in found.blocks()) <= 40
        assert (found.rows, found.features) == VALUES.shape
        np.testing.assert_array_equal(whole(values), VALUES)


def test_the_extent_is_that_of_all_blocks() -> None:
    found = table.extent(read(VALUES), missing=False)
    np.testing.assert_array_equal(found.lowest, VALUES.min(axis=0))
    np.testing.assert_array_equal(found.highest, VALUES.max(axis=0))
    assert found.incomplete == 0


def holed(value: float) -> np.ndarray:
    values = VALUES.copy()
    values[[45, 90], 1] = value
    return values


def test_missing_values_are_counted_and_left_out_of_the_extent() -> None:
    found = table.extent(read(holed(np.nan)), missing=True)
    assert found.incomplete == 2
    np.testing.assert_array_equal(found.lowest, np.nanmin(holed(np.nan), axis=0))


@pytest.mark.parametrize(("value", "missing"), [(np.nan, False), (np.inf, False), (-np.inf, True)])
def test_what_is_no_number_is_counted_and_placed(value: float, missing: bool) -> None:
    with pytest.raises(
        ValueError, match="2 samples hold NaN or infinity, the first is sample 45;"
    ):
        table.extent(read(holed(value)), missing=missing)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (VALUES[0], r"X is float64 \(3,\); expected numbers of shape"),
        (VALUES[None], "expected numbers of shape"),
        (VALUES.astype(object), "X is object"),
        (VALUES.astype(str), "expected numbers"),
        (VALUES.astype(complex), "X is complex128"),
        (VALUES[:0], r"X is empty \(0, 3\)"),
        (VALUES[:, :0], "X is empty"),
        ([[1.0], [1.0, 2.0]], "X is no table of numbers"),
        (None, "expected numbers"),
    ],
)
def test_what_is_no_table_is_refused_in_one_line(values, message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        read(values)
    assert "\n" not in str(caught.value)


def test_another_number_of_features_is_refused() -> None:
    with pytest.raises(ValueError, match="X has 3 features, but the map has 4"):
        read(VALUES, features=4)


def test_the_metric_cosine_scales_rows_to_length_1() -> None:
    np.testing.assert_allclose(np.linalg.norm(whole(1e200 * VALUES, metric="cosine"), axis=1), 1)
    expected = VALUES / np.linalg.norm(VALUES, axis=1, keepdims=True)
    np.testing.assert_allclose(whole(VALUES, metric="cosine"), expected, rtol=1e-14)


def test_a_row_of_zeros_has_no_direction() -> None:
    values = VALUES.copy()
    values[50] = 0
    values[70, 1] = np.inf
    with pytest.raises(ValueError, match="1 samples hold NaN or infinity, the first is sample 70"):
        table.extent(read(values, metric="cosine"), missing=False, metric="cosine")
    values[70, 1] = 0.5
    with pytest.raises(ValueError, match=r"1 .* zeros, the first is sample 50; .* no direction"):
        table.extent(read(values, metric="cosine"), missing=False, metric="cosine")


class Chunked:
    """What Dask's arrays are to a reader: slices that are computed when NumPy asks for them."""

    chunks = ((60, 41), (3,))
    dtype, shape = VALUES.dtype, VALUES.shape

    def __init__(self, values: np.ndarray = VALUES) -> None:
        self.values = values

    def __getitem__(self, rows: slice) -> "Chunked":
        return Chunked(self.values[rows])

    def __array__(self, dtype=None, copy=None) -> np.ndarray:
        return self.values.astype(dtype or self.values.dtype)


@pytest.mark.parametrize("share", [1.0, 0.5])
@pytest.mark.parametrize(
    "values", [Chunked(), xr.DataArray(VALUES), np.ma.MaskedArray(VALUES)], ids=type
)
def test_arrays_of_other_libraries_are_read_by_slices(values, share: float) -> None:
    found, plain = (list(read(one).blocks(share)) for one in (values, VALUES))
    assert max(len(block) for block in found) <= 40
    np.testing.assert_array_equal(np.concatenate(found), np.concatenate(plain))


@pytest.mark.parametrize("dtype", [float, int])
def test_masked_values_are_missing(dtype: type) -> None:
    mask = np.zeros(VALUES.shape, bool)
    mask[[45, 90], 1] = True
    values = np.ma.MaskedArray((10 * VALUES).astype(dtype), mask)
    np.testing.assert_array_equal(np.isnan(whole(values)), mask)
    with pytest.raises(ValueError, match="2 samples hold NaN or infinity"):
        table.extent(read(values), missing=False)


def test_tensors_of_half_precision_are_taken() -> None:
    values = torch.tensor(VALUES).to(torch.bfloat16)
    np.testing.assert_array_equal(whole(values), values.float().numpy())


def test_tables_of_an_iterator_are_gathered() -> None:
    parts = (VALUES[:40], VALUES[40:60].tolist(), np.ma.MaskedArray(VALUES[60:]))
    np.testing.assert_array_equal(whole(iter(parts)), VALUES)
    for wrong in ((), (VALUES, VALUES[:, :2])):
        with pytest.raises(ValueError, match="X is no table of numbers"):
            read(iter(wrong))
