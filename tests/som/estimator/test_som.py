import tracemalloc
import warnings

import numpy as np
import pytest
import torch
import zarr
from sklearn.datasets import load_digits

from tasks.som.estimator import learning
from tasks.som.estimator.som import SOM
from tasks.som.samples.source import Table

RANDOM = np.random.default_rng(9)
DIGITS = load_digits().data


def small(**changes) -> SOM:
    return SOM(**{"shape": (6, 5), "epochs": 4, "sigma": (2.0, 0.7), **changes})


@pytest.fixture(scope="module")
def fitted() -> SOM:
    return small().fit(DIGITS)


def brute_force(values: np.ndarray, som: SOM) -> np.ndarray:
    """Return the order of the nodes for each sample, in double precision."""
    nodes = som.codebook_.reshape(-1, som.n_features_in_)
    squared = ((values[:, None, :].astype(np.float64) - nodes) ** 2).sum(axis=2)
    return np.argsort(squared, axis=1, kind="stable")


def test_what_is_learned_has_the_shapes_and_kinds_it_is_said_to_have(fitted) -> None:
    assert fitted.codebook_.shape == (6, 5, 64)
    assert fitted.codebook_.dtype == np.float64
    assert fitted.labels_.dtype == np.int32
    assert fitted.labels_.shape == (len(DIGITS),)
    assert fitted.n_features_in_ == 64
    assert fitted.sigma_ == pytest.approx(np.geomspace(2.0, 0.7, 4))
    assert (np.diff(fitted.quantization_error_) < 0).all()
    assert fitted.topographic_error_.shape == (4,)


def test_labels_are_the_nearest_nodes(fitted) -> None:
    order = brute_force(DIGITS, fitted)
    np.testing.assert_array_equal(fitted.labels_, order[:, 0])
    np.testing.assert_array_equal(fitted.predict(DIGITS), order[:, 0])
    np.testing.assert_array_equal(
        fitted.transform(DIGITS), np.stack(np.divmod(order[:, 0], 5), axis=1)
    )
    np.testing.assert_array_equal(small().fit_predict(DIGITS), order[:, 0])
    np.testing.assert_array_equal(small().fit_transform(DIGITS), fitted.transform(DIGITS))


def test_errors_hits_planes_and_walls_are_those_of_the_codebook(fitted) -> None:
    order = brute_force(DIGITS, fitted)
    nodes = fitted.codebook_.reshape(-1, 64)
    distance = np.linalg.norm(DIGITS - nodes[order[:, 0]], axis=1).mean()
    assert fitted.quantization_error(DIGITS) == pytest.approx(distance, rel=1e-6)
    assert fitted.quantization_error_[-1] == pytest.approx(distance, rel=1e-6)
    assert fitted.score(DIGITS) == -fitted.quantization_error(DIGITS)
    row, col = np.divmod(order[:, :2], 5)
    far = np.maximum(np.abs(np.diff(row)), np.abs(np.diff(col))) > 1
    assert fitted.topographic_error(DIGITS) == pytest.approx(far.mean())
    counts = np.bincount(order[:, 0], minlength=30).reshape(6, 5)
    np.testing.assert_array_equal(fitted.hit_map(DIGITS), counts)
    np.testing.assert_array_equal(fitted.component_planes()[7], fitted.codebook_[:, :, 7])
    walls = [
        np.linalg.norm(fitted.codebook_[0, 0] - fitted.codebook_[at])
        for at in ((0, 1), (1, 0), (1, 1))
    ]
    assert fitted.u_matrix()[0, 0] == pytest.approx(np.mean(walls))


def test_clusters_are_at_most_as_many_as_asked_for(fitted) -> None:
    for n in (1, 3, 30):
        found = fitted.clusters(n)
        assert found.shape == (6, 5)
        assert found.dtype == np.int32
        assert found.max() + 1 <= n


@pytest.mark.parametrize("topology", ["rect", "hex"])
@pytest.mark.parametrize("torus", [False, True])
@pytest.mark.parametrize("neighbourhood", ["gaussian", "bubble", "triangle"])
def test_every_map_orders_the_data(topology: str, torus: bool, neighbourhood: str) -> None:
    options = {"topology": topology, "torus": torus, "neighbourhood": neighbourhood}
    som = small(sigma=(3.0, 1.2), epochs=8, **options).fit(DIGITS)
    assert (
        som.quantization_error(DIGITS)
        < 0.9 * np.linalg.norm(DIGITS - DIGITS.mean(axis=0), axis=1).mean()
    )
    assert som.topographic_error(DIGITS) < 0.2


@pytest.mark.parametrize("init", ["pca", "sample", "random"])
@pytest.mark.parametrize("train", ["batch", "online"])
def test_the_same_parameters_give_the_same_bits(init: str, train: str) -> None:
    first, second = (small(init=init, train=train, epochs=2).fit(DIGITS[:300]) for _ in range(2))
    np.testing.assert_array_equal(first.codebook_, second.codebook_)
    assert np.isfinite(first.codebook_).all()


def test_order_and_blocks_make_no_difference(fitted, monkeypatch) -> None:
    shuffled = small().fit(RANDOM.permutation(DIGITS))
    np.testing.assert_array_equal(shuffled.codebook_, fitted.codebook_)
    np.testing.assert_array_equal(shuffled.quantization_error_, fitted.quantization_error_)
    tight = small(memory_limit=1 << 20).fit(DIGITS)
    np.testing.assert_array_equal(tight.codebook_, fitted.codebook_)
    monkeypatch.setattr("tasks.som.estimator.learning.BLOCK", 100)
    blocks = small().fit(DIGITS)
    np.testing.assert_array_equal(blocks.codebook_, fitted.codebook_)
    assert blocks.quantization_error(DIGITS) == fitted.quantization_error(DIGITS)


def test_a_memory_limit_makes_blocks_and_chunks_small(monkeypatch) -> None:
    som = small(shape=(64, 64), epochs=1, memory_limit=1 << 20)
    seen = []
    blocks = Table.blocks

    def watched(self, *share):
        for block in blocks(self, *share):
            seen.append(block.nbytes)
            yield block

    monkeypatch.setattr(Table, "blocks", watched)
    som.fit(DIGITS)
    assert max(seen) <= (1 << 20) / 4


def stored(folder) -> zarr.Array:
    return zarr.create_array(folder / "values.zarr", data=DIGITS, chunks=(500, 64), overwrite=True)


def mapped(folder) -> np.ndarray:
    np.save(folder / "values.npy", DIGITS)
    return np.load(folder / "values.npy", mmap_mode="r")


@pytest.mark.parametrize(
    "kind",
    [
        stored,
        mapped,
        lambda _: DIGITS.astype(np.int64),
        lambda _: DIGITS.astype(np.float16),
        lambda _: np.asfortranarray(DIGITS),
        lambda _: np.repeat(DIGITS, 3, axis=1)[:, ::3],
        lambda _: torch.tensor(DIGITS, dtype=torch.float32),
        lambda _: DIGITS.tolist(),
    ],
)
def test_whatever_holds_the_samples_the_map_is_the_same(kind, fitted, tmp_path) -> None:
    som = small().fit(kind(tmp_path))
    np.testing.assert_array_equal(som.codebook_, fitted.codebook_)
    np.testing.assert_array_equal(som.predict(kind(tmp_path)), fitted.labels_)


def test_samples_are_never_changed() -> None:
    values = DIGITS[:200].copy()
    values.flags.writeable = False
    for train in ("batch", "online"):
        small(train=train, epochs=1).fit(values).partial_fit(values).predict(values)
    np.testing.assert_array_equal(values, DIGITS[:200])


@pytest.mark.parametrize(("mean", "deviation"), [(1e4, 1.0), (1e3, 0.1)])
@pytest.mark.parametrize(("exact", "agreement"), [(True, 1.0), (False, 0.999)])
def test_samples_far_from_the_origin_are_matched_as_in_double_precision(
    mean: float, deviation: float, exact: bool, agreement: float
) -> None:
    values = (mean + deviation * RANDOM.normal(size=(2000, 8))).astype(np.float32)
    som = small(exact=exact).fit(values)
    assert np.mean(som.labels_ == brute_force(values, som)[:, 0]) >= agreement


@pytest.mark.parametrize("scale", [1e-150, 1e-20, 1e20, 1e150])
def test_units_make_no_difference(scale: float, fitted) -> None:
    power = 2.0 ** round(np.log2(scale))
    som = small().fit(DIGITS * power)
    np.testing.assert_array_equal(som.labels_, fitted.labels_)
    np.testing.assert_allclose(som.codebook_, fitted.codebook_ * power, rtol=1e-15)
    assert som.quantization_error_[-1] == pytest.approx(fitted.quantization_error_[-1] * power)


ODD = {
    "one sample": DIGITS[:1],
    "fewer samples than nodes": DIGITS[:9],
    "a feature without spread": np.hstack([DIGITS[:50], np.full((50, 1), 3.0)]),
    "equal rows": np.tile(DIGITS[:1], (40, 1)),
    "one feature": DIGITS[:60, 30:31],
    "zeros": np.zeros((7, 3)),
    "huge": DIGITS[:40] * 1e300,
}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("topology", ["rect", "hex"])
def test_odd_samples_give_finite_weights_and_no_warning_but_that_of_pca(
    name: str, topology: str
) -> None:
    values = ODD[name]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        som = small(topology=topology).fit(values)
        som.partial_fit(values)
        som.u_matrix()
    assert np.isfinite(som.codebook_).all()
    assert np.isfinite(som.quantization_error(values))
    equal = len(np.unique(values, axis=0)) == 1
    assert [str(one.message).partition(",")[0] for one in caught] == ["init is pca"] * equal


def test_equal_rows_lie_at_their_node() -> None:
    with pytest.warns(UserWarning, match="init is pca"):
        som = small().fit(np.full((20, 3), 1.5))
    np.testing.assert_allclose(som.codebook_, 1.5)
    assert som.quantization_error_[-1] == 0


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.where(np.arange(6)[:, None] == 4, np.nan, np.ones((6, 3))), "1 samples hold NaN or"),
        (np.full((3, 3), np.inf), "3 samples hold NaN or infinity, the first is sample 0"),
        (np.ones(3), "expected numbers of shape"),
        (np.ones((0, 3)), "X is empty"),
        (np.ones((3, 3), dtype=object), "X is object"),
    ],
)
def test_bad_samples_are_refused_before_any_work(values, message: str, monkeypatch) -> None:
    monkeypatch.setattr("tasks.som.estimator.learning.search", None)
    monkeypatch.setattr("tasks.som.training.search", None)
    som = small()
    for learn in (som.fit, som.partial_fit):
        with pytest.raises(ValueError, match=message):
            learn(values)
    assert not hasattr(som, "codebook_")


def test_samples_of_another_width_are_refused(fitted) -> None:
    for use in (fitted.predict, fitted.transform, fitted.hit_map, fitted.partial_fit):
        with pytest.raises(ValueError, match="X has 3 features, but the map has 64"):
            use(np.ones((5, 3)))


def test_a_map_that_has_not_learned_says_so() -> None:
    som = SOM()
    for use in (som.u_matrix, som.component_planes, lambda: som.predict(DIGITS)):
        with pytest.raises(ValueError, match="not fitted; call fit"):
            use()


def test_another_shape_asks_for_another_fit() -> None:
    som = small(epochs=1).fit(DIGITS[:50]).set_params(shape=(3, 3))
    with pytest.raises(ValueError, match="fit it again"):
        som.predict(DIGITS)


def test_given_weights_that_do_not_fit_are_refused_before_the_samples_are_read(
    monkeypatch,
) -> None:
    monkeypatch.setattr(Table, "blocks", None)
    with pytest.raises(ValueError, match="init is an array"):
        small(init=np.zeros((6, 5, 3))).fit(DIGITS)


def test_missing_values_make_no_difference_where_there_are_none(fitted) -> None:
    som = small(missing="mask").fit(DIGITS)
    np.testing.assert_array_equal(som.codebook_, fitted.codebook_)
    np.testing.assert_array_equal(som.quantization_error_, fitted.quantization_error_)


def test_samples_with_missing_values_are_learned_and_placed() -> None:
    values = np.where(RANDOM.random(DIGITS.shape) < 0.1, np.nan, DIGITS)
    values[11] = np.nan
    som = small(missing="mask").fit(values)
    assert np.flatnonzero(som.labels_ < 0).tolist() == [11]
    np.testing.assert_array_equal(som.predict(values), som.labels_)
    assert np.isnan(som.transform(values)[11]).all()
    assert som.hit_map(values).sum() == len(values) - 1
    assert som.quantization_error(DIGITS) < 1.05 * small().fit(DIGITS).quantization_error(DIGITS)
    som.partial_fit(values[:200])
    assert np.isfinite(som.codebook_).all()


def test_a_feature_without_any_value_is_refused() -> None:
    values = np.ones((9, 3))
    values[:, 1] = np.nan
    with pytest.raises(ValueError, match="feature 1 has no value in any sample"):
        small(missing="mask").fit(values)


def test_the_metric_cosine_does_not_see_the_length_of_rows(fitted) -> None:
    lengths = RANDOM.uniform(0.1, 10, size=(len(DIGITS), 1))
    first = small(metric="cosine").fit(DIGITS)
    second = small(metric="cosine").fit(DIGITS * lengths)
    assert np.mean(first.labels_ == second.labels_) > 0.999
    unit = DIGITS / np.linalg.norm(DIGITS, axis=1, keepdims=True)
    np.testing.assert_array_equal(small().fit(unit).labels_, first.labels_)


def test_online_training_fits_the_data() -> None:
    som = small(train="online", epochs=3).fit(DIGITS)
    assert som.sigma_.shape == som.quantization_error_.shape == (3,)
    assert (np.diff(som.quantization_error_) < 0).all()
    np.testing.assert_array_equal(som.labels_, som.predict(DIGITS))


def test_parts_learned_again_and_again_come_close_to_all_at_once(fitted) -> None:
    som = small(epochs=40)
    for _ in range(4):
        som.partial_fit(iter(np.array_split(RANDOM.permutation(DIGITS), 20)))
    assert som.quantization_error(DIGITS) < 1.03 * fitted.quantization_error(DIGITS)
    assert som.topographic_error(DIGITS) < fitted.topographic_error(DIGITS) + 0.06


def test_one_part_of_all_data_at_full_share_is_one_batch_epoch() -> None:
    som = small(epochs=1, sigma=(1.0, 1.0)).fit(DIGITS)
    parts = small(epochs=1, sigma=(1.0, 1.0), rho=1.0)
    np.testing.assert_allclose(parts.partial_fit(DIGITS).codebook_, som.codebook_, atol=1e-12)
    twice = small(epochs=2, sigma=(1.0, 1.0)).fit(DIGITS)
    np.testing.assert_allclose(parts.partial_fit(DIGITS).codebook_, twice.codebook_, atol=1e-12)


def test_a_growing_schedule_ends_close_to_the_full_one() -> None:
    full, grown = (
        small(sample_schedule=name, epochs=10, sigma=(3.0, 0.8)).fit(DIGITS)
        for name in ("full", "grow")
    )
    assert grown.quantization_error(DIGITS) < 1.02 * full.quantization_error(DIGITS)


def test_a_map_is_made_from_weights_alone() -> None:
    codebook = RANDOM.normal(size=(4, 3, 2)) * 1e3
    som = SOM.from_codebook(codebook, topology="hex")
    np.testing.assert_allclose(som.codebook_, codebook, rtol=1e-12)
    np.testing.assert_array_equal(som.predict(codebook.reshape(-1, 2)), np.arange(12))
    with pytest.raises(ValueError, match="expected \\(rows, cols, features\\)"):
        SOM.from_codebook(np.zeros((3, 2)))


def test_measures_never_hold_all_distances() -> None:
    values = RANDOM.normal(size=(100_000, 4)).astype(np.float32)
    som = SOM.from_codebook(RANDOM.normal(size=(64, 64, 4)), exact=False)
    tracemalloc.start()
    som.quantization_error(values)
    som.topographic_error(values)
    som.u_matrix()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak <= 64 << 20


@pytest.mark.parametrize("missing", ["error", "mask"])
@pytest.mark.parametrize("schedule", ["full", "grow"])
def test_samples_read_from_a_file_for_every_epoch_give_the_same_map(
    missing: str, schedule: str, tmp_path, monkeypatch
) -> None:
    values = RANDOM.normal(size=(9000, 16)).astype(np.float32)
    if missing == "mask":
        values[RANDOM.random(values.shape) < 0.05] = np.nan
    kept = small(missing=missing, sample_schedule=schedule).fit(values)
    read = []
    monkeypatch.setattr("tasks.som.estimator.learning.source.held", read.append)
    np.save(tmp_path / "values.npy", values)
    stored = np.load(tmp_path / "values.npy", mmap_mode="r")
    streamed = small(missing=missing, sample_schedule=schedule, memory_limit=1 << 20).fit(stored)
    assert not read
    np.testing.assert_array_equal(streamed.codebook_, kept.codebook_)
    np.testing.assert_array_equal(streamed.labels_, kept.labels_)
    np.testing.assert_array_equal(streamed.quantization_error_, kept.quantization_error_)


NORMAL = np.random.default_rng(0).normal(size=(300, 4))


@pytest.mark.filterwarnings("ignore:init is pca")  # of a part of one row
@pytest.mark.parametrize("first", [1e-9, 1.0, 1e6])
@pytest.mark.parametrize("mean", [0.0, 1e4])
@pytest.mark.parametrize("rows", [1, 50])
def test_a_first_part_unlike_the_others_destroys_none(
    first: float, mean: float, rows: int
) -> None:
    values = (NORMAL + mean) * 1e-9
    parts = [NORMAL[:rows] * first, *[values] * 6]
    som = SOM((4, 4), epochs=3, rho=1.0).partial_fit(iter(parts))
    alone = SOM((4, 4), epochs=3, rho=1.0).partial_fit(iter(parts[1:]))
    assert som.quantization_error(values) < 1.1 * alone.quantization_error(values)
    assert som.quantization_error(values) == pytest.approx(
        np.linalg.norm(values[:, None] - som.codebook_.reshape(-1, 4), axis=2).min(axis=1).mean(),
        rel=1e-5,
    )


def test_parts_in_other_coordinates_leave_the_measures_of_before() -> None:
    som = SOM((4, 4), epochs=3).fit(NORMAL)
    before, scale = som.quantization_error_, som._map.origin.scale
    som.partial_fit(NORMAL * 1e3)
    assert som._map.origin.scale > scale
    np.testing.assert_array_equal(som.quantization_error_, before)


@pytest.mark.parametrize("far", [10.0, 1e9, 1e30])
def test_samples_far_from_the_map_are_measured_as_they_are(far: float) -> None:
    som = SOM((4, 4), epochs=3).fit(NORMAL)
    values = np.concatenate([NORMAL[:100], far * NORMAL[100:200]])
    distances = np.linalg.norm(values[:, None] - som.codebook_.reshape(-1, 4), axis=2)
    assert som.quantization_error(values) == pytest.approx(distances.min(axis=1).mean(), rel=1e-6)
    np.testing.assert_array_equal(som.predict(values)[:100], som.labels_[:100])
    apart = [som.predict(values[row : row + 1])[0] for row in range(200)]
    np.testing.assert_array_equal(som.predict(values), apart)


@pytest.mark.parametrize("small", [1e-9, 1e-25])
def test_samples_beside_a_map_without_spread_are_measured_as_they_are(small: float) -> None:
    som = SOM.from_codebook(np.zeros((2, 2, 2)))
    assert som.quantization_error(np.full((3, 2), small)) == pytest.approx(2**0.5 * small)


@pytest.mark.parametrize("train", ["batch", "online"])
@pytest.mark.parametrize("missing", ["error", "mask"])
def test_the_last_errors_are_those_asked_for_later_bit_for_bit(train: str, missing: str) -> None:
    if (train, missing) == ("online", "mask"):
        return
    values = NORMAL.copy()
    if missing == "mask":
        values[::7, 2] = np.nan
    som = SOM((4, 4), epochs=3, train=train, missing=missing).fit(values)
    assert som.quantization_error_[-1] == som.quantization_error(values)
    assert som.topographic_error_[-1] == som.topographic_error(values)


@pytest.mark.parametrize("order", [("error", "mask"), ("mask", "error")])
def test_values_may_be_missing_from_one_part_to_the_next(order: tuple[str, str]) -> None:
    plain = SOM((4, 4), epochs=3).fit(NORMAL).partial_fit(NORMAL[:100])
    som = SOM((4, 4), epochs=3, missing=order[0]).fit(NORMAL)
    som.set_params(missing=order[1]).partial_fit(NORMAL[:100])
    np.testing.assert_allclose(som.codebook_, plain.codebook_, rtol=1e-9)


def test_start_and_order_are_drawn_apart(monkeypatch) -> None:
    shown = []
    order = learning.online.order
    monkeypatch.setattr(learning.online, "order", lambda *a: shown.append(order(*a)) or shown[-1])
    SOM((4, 4), epochs=1, train="online", init="sample", random_state=5).fit(NORMAL)
    assert not np.array_equal(shown[0], order(300, 300, np.random.default_rng(5)))


def test_an_iterator_is_learned_as_one_table_or_part_by_part_but_not_empty() -> None:
    som = SOM((4, 4), epochs=3).fit(iter(np.array_split(NORMAL, 7)))
    np.testing.assert_array_equal(som.codebook_, SOM((4, 4), epochs=3).fit(NORMAL).codebook_)
    with pytest.raises(ValueError, match="an iterator without any part"):
        som.partial_fit(iter([]))


@pytest.mark.parametrize("n", ["a", 2.5, 0, True, None])
def test_a_number_of_clusters_that_is_none_is_refused(fitted, n) -> None:
    with pytest.raises(ValueError, match=r"n is .*; expected a whole number of clusters"):
        fitted.clusters(n)
