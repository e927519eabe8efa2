import numpy as np
import pytest
import xarray as xr

from tasks.core.errors import InputError
from tasks.som.codebook import Codebook, lattice
from tasks.som.samples.standardisation import Standardisation

RECT = {"name": "rect"}


def plane(rows: int, cols: int) -> Codebook:
    """Return a map that is a plane: feature 0 is 10 row, feature 1 is 4 col, feature 2 is flat."""
    row, col = np.meshgrid(np.arange(rows), np.arange(cols), indexing="ij")
    weights = np.stack([10.0 * row, 4.0 * col, np.zeros((rows, cols))], axis=-1)
    return Codebook(
        weights,
        ("a", "b", "c"),
        Standardisation(np.array([1.0, 2.0, 0.0]), np.array([10.0, 4.0, 1.0])),
        RECT,
    )


def test_vectors_match_their_nodes() -> None:
    book = plane(5, 6)
    found = book.match(book.weights.astype(np.float32))
    assert found.dtype == np.int32
    np.testing.assert_array_equal(found, np.arange(30).reshape(5, 6))


def test_coordinates_are_continuous_on_a_plane() -> None:
    place = np.random.default_rng(0).uniform(0, [4, 5], size=(7, 9, 2))
    values = np.concatenate([place * [10.0, 4.0], np.full((7, 9, 1), 0.3)], axis=-1)
    np.testing.assert_allclose(plane(5, 6).coordinates(values), place, atol=1e-6)


def test_coordinates_stay_within_half_a_step_of_the_node() -> None:
    found = plane(5, 6).coordinates(np.array([[-500.0, 900.0, 0.0]]))
    np.testing.assert_allclose(found, [[-0.5, 5.5]])


def test_an_axis_of_one_node_has_no_displacement() -> None:
    found = plane(1, 6).coordinates(np.array([[3.0, 9.0, 0.0]]))
    np.testing.assert_allclose(found, [[0.0, 2.25]])


def test_a_vector_has_the_same_unit_in_any_batch() -> None:
    book = plane(5, 6)
    values = np.random.default_rng(0).uniform(-5, 45, size=(1000, 3)).astype(np.float32)
    together = book.match(values)
    np.testing.assert_array_equal(together, [book.match(vector[None])[0] for vector in values])
    places = book.coordinates(values)
    np.testing.assert_array_equal(
        places, np.concatenate([book.coordinates(vector[None]) for vector in values])
    )


def test_it_survives_the_store() -> None:
    book = plane(5, 6)
    dims = {"codebook": ("row", "col", "feature")}
    variables = {
        name: (dims.get(name, ("feature",)), values)
        for name, values in book.to_variables().items()
    }
    again = Codebook.from_dataset(xr.Dataset(variables, attrs={"topology": RECT}))
    np.testing.assert_array_equal(again.nodes, book.nodes)
    assert (again.names, again.shape, again.lattice) == (book.names, book.shape, book.lattice)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.zeros((4, 2)), "has 2 features; the codebook has 3"),
        (
            np.array([[0.0, 0.0, 0.0], [0.0, np.nan, 0.0]]),
            "1 vectors hold NaN or infinity, the first is vector 1",
        ),
    ],
)
def test_vectors_that_do_not_fit_are_refused_in_one_line(values: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        plane(5, 6).match(values)


def test_an_unknown_topology_is_refused() -> None:
    with pytest.raises(InputError, match="topology: unknown name 'sphere'; choose one of hex"):
        lattice({"name": "sphere"}, 3, 3)
