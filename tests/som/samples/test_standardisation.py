import numpy as np
import pytest

from tasks.som.samples import standardisation

RANDOM = np.random.default_rng(5)


def test_features_end_up_with_mean_0_and_the_weight_as_deviation() -> None:
    values = (RANDOM.normal(size=(3000, 3)) * [1, 50, 0.01] + [5, -3, 100]).astype(np.float32)
    z = standardisation.fit(values, np.array([1.0, 2.0, 0.5])).apply(values)
    np.testing.assert_allclose(z.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(z.std(axis=0), [1.0, 2.0, 0.5], rtol=1e-9)


def test_undo_is_the_inverse_of_apply() -> None:
    values = RANDOM.normal(size=(40, 3)).astype(np.float32)
    rule = standardisation.fit(values, np.array([1.0, 2.0, 0.5]))
    np.testing.assert_allclose(rule.undo(rule.apply(values)), values, rtol=1e-12)


def test_a_feature_without_spread_keeps_its_units() -> None:
    values = np.full((1000, 2), np.float32(53.585), np.float32)
    values[:, 1] = RANDOM.normal(size=1000)
    rule = standardisation.fit(values, np.array([0.5, 1.0]))
    assert rule.scale[0] == 2.0
    np.testing.assert_allclose(rule.apply(values)[:, 0], 0, atol=1e-9)


def test_the_order_of_the_samples_makes_no_difference() -> None:
    values = RANDOM.lognormal(size=(5000, 4)).astype(np.float32)
    first = standardisation.fit(values, np.ones(4))
    second = standardisation.fit(RANDOM.permutation(values), np.ones(4))
    np.testing.assert_array_equal(first.mean, second.mean)
    np.testing.assert_array_equal(first.scale, second.scale)


def _with(value: float) -> np.ndarray:
    values = np.ones((9, 2), np.float32)
    values[[4, 7], 1] = value
    return values


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (_with(np.nan), "2 samples hold NaN or infinity, the first is sample 4"),
        (_with(np.inf), "2 samples hold NaN or infinity, the first is sample 4"),
        (np.zeros((0, 2), np.float32), "is empty"),
        (np.zeros(3, np.float32), "expected numbers"),
        (np.array([["a", "b"]]), "expected numbers"),
        (np.zeros((3, 5), np.float32), "expected 5 positive numbers"),
    ],
)
def test_what_cannot_be_learned_from_is_refused_in_one_line(
    values: np.ndarray, message: str
) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        standardisation.fit(values, np.ones(2))
    assert "\n" not in str(caught.value)
