import threading

import numpy as np
import pytest
import zarr

from tasks.som.samples import growth, source
from tasks.som.samples.source import Mapped, Table

VALUES = np.random.default_rng(1).normal(size=(1000, 3)).astype(np.float32)


@pytest.fixture
def stored(tmp_path) -> zarr.Array:
    array = zarr.create_array(tmp_path / "a.zarr", shape=(1000, 3), chunks=(7, 3), dtype="float32")
    array[:] = VALUES
    return array


def joined(samples: source.Source, share: float = 1.0) -> np.ndarray:
    return np.concatenate(list(samples.blocks(share)))


@pytest.mark.parametrize("block", [1, 7, 64, 1000, 5000])
def test_a_table_gives_its_rows_in_order_from_memory_a_file_and_zarr(
    block: int, stored: zarr.Array, tmp_path
) -> None:
    np.save(tmp_path / "a.npy", VALUES)
    for array in (VALUES, np.load(tmp_path / "a.npy", mmap_mode="r"), stored):
        table = Table(array, block)
        assert (table.rows, table.features) == (1000, 3)
        for _ in range(2):
            np.testing.assert_array_equal(joined(table), VALUES)
        assert max(len(part) for part in table.blocks()) <= block


def test_a_share_of_rows_in_memory_is_that_of_their_numbers() -> None:
    for block in (10, 999):
        np.testing.assert_array_equal(
            joined(Table(VALUES, block), 0.25), VALUES[growth.chosen(0, 1000, 0.25)]
        )


def test_a_share_of_a_store_reads_only_its_chunks(stored: zarr.Array) -> None:
    read = []

    class Counting:
        shape, chunks = stored.shape, stored.chunks

        def __getitem__(self, rows: slice) -> np.ndarray:
            read.append(rows.start // 7)
            return stored[rows]

    one, other = joined(Table(Counting(), 10), 0.1), joined(Table(Counting(), 1000), 0.1)
    np.testing.assert_array_equal(one, other)
    assert 60 <= len(read) / 2 <= 70  # of 143
    assert len(one) == pytest.approx(100, abs=15)


def test_mapped_blocks_are_changed_and_held_ones_are_the_same(stored: zarr.Array) -> None:
    doubled = Mapped(Table(stored, 50), lambda block: 2 * block)
    np.testing.assert_array_equal(joined(doubled), 2 * VALUES)
    np.testing.assert_array_equal(source.held(doubled).array, 2 * VALUES)


def test_reading_ahead_passes_errors_on_and_leaves_no_thread() -> None:
    def failing():
        yield VALUES
        raise OSError("gone")

    before = threading.active_count()
    with pytest.raises(OSError, match="gone"):
        list(source.prefetched(failing()))
    started = source.prefetched(iter([VALUES] * 10))
    next(started)
    started.close()
    assert threading.active_count() == before
