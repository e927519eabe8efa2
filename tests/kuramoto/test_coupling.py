"""Couplings against the pairwise sum over a dense matrix."""

import array_api_strict
import numpy as np
import pytest

from tasks.kuramoto.coupling import Combined, Coupling, drift, pull
from tasks.kuramoto.distance import Distance, smooth
from tasks.kuramoto.graph import Graph
from tasks.kuramoto.mean_field import MeanField
from tasks.kuramoto.periodic import Periodic
from tasks.kuramoto.similarity import Similarity
from tasks.kuramoto.stencil import Stencil, half_neighbourhood, windows
from tasks.som.lattices.lattice import Rect
from tests.kuramoto.dense import pairwise_sum

SHAPE = (9, 7)


def places(shape: tuple[int, int]) -> np.ndarray:
    return np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), axis=-1).reshape(-1, 2)


PLACES = places(SHAPE)


def random_stencil(
    rng: np.random.Generator, shape: tuple[int, int], dtype: type = np.float64
) -> tuple[Stencil, np.ndarray]:
    offsets, weights = half_neighbourhood(3), []
    index = np.arange(shape[0] * shape[1]).reshape(shape)
    matrix = np.zeros((index.size, index.size))
    for offset in offsets:
        here, there = windows(offset, shape)
        weight = rng.standard_normal(index[here].shape).astype(dtype)
        matrix[index[here].ravel(), index[there].ravel()] = weight.ravel()
        matrix[index[there].ravel(), index[here].ravel()] = weight.ravel()
        weights.append(weight)
    return Stencil(shape, offsets, weights), matrix


def similarity_matrix(
    codebook: np.ndarray, radius: float, width: float, floor: float, tolerance: float
):
    nodes = codebook.reshape(len(PLACES), -1)
    square = ((PLACES[:, None] - PLACES[None]) ** 2).sum(-1)
    unlike = ((nodes[:, None] - nodes[None]) ** 2).sum(-1)
    adjacent = np.sort(np.sqrt(unlike[np.triu((square > 0) & (square <= 2))]))
    sigma = tolerance * adjacent[len(adjacent) // 2]
    s = np.exp(-square / (2 * width**2)) * (floor + (1 - floor) * np.exp(-unlike / (2 * sigma**2)))
    s[(square == 0) | (square > radius**2)] = 0
    root = 1 / np.sqrt(s.sum(1))
    return root[:, None] * s * root[None, :]


PRECISIONS = pytest.mark.parametrize(("dtype", "bound"), [(np.float64, 1e-12), (np.float32, 1e-5)])


@PRECISIONS
@pytest.mark.parametrize("shape", [(32, 32), (9, 7), (3, 20), (20, 4)])
def test_a_stencil_equals_the_pairwise_sum(shape, dtype: type, bound: float) -> None:
    rng = np.random.default_rng(0)
    coupling, matrix = random_stencil(rng, shape, dtype)
    phase = rng.uniform(-np.pi, np.pi, shape).astype(dtype)
    wanted = pairwise_sum(matrix, phase)
    found = pull(coupling, phase)
    assert found.dtype == dtype
    assert np.abs(found - wanted).max() <= bound * np.abs(wanted).max()
    np.testing.assert_allclose(coupling.row_sums.ravel(), np.abs(matrix).sum(1), rtol=bound)


@PRECISIONS
def test_a_pair_pulls_once_what_the_identity_says(dtype: type, bound: float) -> None:
    rng = np.random.default_rng(8)
    coupling, matrix = random_stencil(rng, SHAPE, dtype)
    phase = rng.uniform(-np.pi, np.pi, SHAPE).astype(dtype)
    cosine, sine = np.cos(phase), np.sin(phase)
    field = coupling(np.stack([cosine, sine]))
    np.testing.assert_allclose(field[0].ravel(), matrix @ cosine.ravel(), atol=100 * bound)
    wanted = Coupling.pull(coupling, cosine, sine)
    np.testing.assert_allclose(coupling.pull(cosine, sine), wanted, atol=10 * bound)


def test_similarity_equals_the_pairwise_sum_over_its_formula() -> None:
    rng = np.random.default_rng(1)
    codebook, phase = rng.standard_normal((*SHAPE, 3)), rng.uniform(-np.pi, np.pi, SHAPE)
    matrix = 0.7 * similarity_matrix(codebook, 3, 1.5, 0.1, 1.5)
    coupling = Similarity(0.7, 3.0, 1.5, 0.1, 1.5)(codebook)
    np.testing.assert_allclose(
        pull(coupling, phase), pairwise_sum(matrix, phase), rtol=1e-10, atol=1e-13
    )


def test_a_balanced_coupling_has_row_sums_near_one() -> None:
    codebook = np.random.default_rng(2).standard_normal((16, 16, 4))
    sums = Similarity(1.0, 3.0, 1.5, 0.1, 1.5)(codebook).row_sums
    assert sums.min() > 0.6
    assert sums.max() < 1.4


@PRECISIONS
@pytest.mark.parametrize("shape", [(32, 32), (9, 7), (150, 3), (2, 133)])
@pytest.mark.parametrize("radius", [2, 40])
def test_distance_equals_the_pairwise_sum(shape, radius: int, dtype: type, bound: float) -> None:
    phase = np.random.default_rng(3).uniform(-np.pi, np.pi, shape).astype(dtype)
    gap = np.abs(places(shape)[:, None] - places(shape)[None])
    kernel = np.where(gap <= radius, np.exp(-(gap**2) / (2 * 1.2**2)), 0)
    total = np.exp(-(np.arange(-radius, radius + 1) ** 2) / (2 * 1.2**2)).sum()
    wanted = pairwise_sum(1.5 * (kernel / total).prod(-1), phase)
    coupling = Distance(1.5, radius, 1.2)(phase[..., None])
    found = pull(coupling, phase)
    assert found.dtype == dtype
    assert np.abs(found - wanted).max() <= bound * np.abs(wanted).max()
    assert coupling.row_sum == pytest.approx(1.5)


@PRECISIONS
def test_the_mean_field_equals_the_pairwise_sum(dtype: type, bound: float) -> None:
    phase = np.random.default_rng(4).uniform(-np.pi, np.pi, (32, 32)).astype(dtype)
    wanted = pairwise_sum(np.full((1024, 1024), 2.0 / 1024), phase)
    found = pull(MeanField(2.0)(phase[..., None]), phase)
    assert found.dtype == dtype
    assert np.abs(found - wanted).max() <= bound * np.abs(wanted).max()


@pytest.mark.parametrize(
    "variant",
    [
        Similarity(1.0, 3.0, 1.5, 0.1, 1.5),
        Distance(1.0, 2, 1.0),
        MeanField(1.0),
        Periodic(1.0, 1.5, 0.2),
        Graph(1.0, 2, 1.5, 0.1, 1.5),
    ],
)
def test_a_stack_of_fields_is_coupled_field_by_field(variant) -> None:
    rng = np.random.default_rng(7)
    coupling = variant(rng.standard_normal((*SHAPE, 3)), Rect(*SHAPE).neighbours())
    fields = rng.standard_normal((2, 3, *SHAPE))
    found, mixed = coupling(fields), coupling(fields[0] + 1j * fields[1])
    for index in np.ndindex(2, 3):
        np.testing.assert_allclose(found[index], coupling(fields[index]), atol=1e-13)
    np.testing.assert_allclose(mixed, found[0] + 1j * found[1], atol=1e-13)


def test_combined_couplings_add_up() -> None:
    rng = np.random.default_rng(5)
    phase, frequency = rng.standard_normal(SHAPE), rng.standard_normal(SHAPE)
    parts = [Distance(1.0, 2, 1.0)(phase[..., None]), MeanField(0.5)(phase[..., None])]
    wanted = frequency + pull(parts[0], phase) + pull(parts[1], phase)
    np.testing.assert_allclose(drift(Combined(parts), phase, frequency), wanted, rtol=1e-12)
    assert Combined(parts).row_sum == pytest.approx(1.5)


@pytest.mark.parametrize(
    "variant", [Similarity(1.0, 3.0, 1.5, 0.1, 1.5), Distance(1.0, 2, 1.0), MeanField(1.0)]
)
def test_couplings_use_the_array_standard_alone(variant) -> None:
    rng = np.random.default_rng(6)
    codebook, phase = rng.standard_normal((*SHAPE, 3)), rng.standard_normal(SHAPE)
    strict = pull(variant(array_api_strict.asarray(codebook)), array_api_strict.asarray(phase))
    np.testing.assert_allclose(
        np.asarray(strict), pull(variant(codebook), phase), rtol=1e-12, atol=1e-14
    )


def test_similarity_of_equal_nodes_falls_back_to_distance() -> None:
    coupling = Similarity(1.0, 2.0, 1.5, 0.1, 1.5)(np.ones((5, 5, 2)))
    assert np.isfinite(coupling.row_sums).all()


def test_smoothing_keeps_a_constant_up_to_the_border() -> None:
    np.testing.assert_allclose(smooth(np.full((6, 8), 3.0), 2.0), 3.0, rtol=1e-12)
