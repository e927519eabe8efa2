"""The map beside its peers: the same answers from the same start, or better ones.

MiniSom is always there. XPySom and fastersom are optional: where the environment variable PEERS is
`required`, their absence is a failure.
"""

import importlib
import os
from types import ModuleType

import numpy as np
import pytest
from minisom import MiniSom
from sklearn.datasets import load_digits, load_iris
from sklearn.preprocessing import scale

from tasks.som.estimator.som import SOM

DIGITS = load_digits().data / 16
IRIS = scale(load_iris().data)
NAMES = {"rect": "rectangular", "hex": "hexagonal"}
DATA = {"iris": IRIS, "digits": DIGITS}


def peer(name: str) -> ModuleType:
    """Return the module of a peer, or skip the test without it."""
    if os.environ.get("PEERS") == "required":
        return importlib.import_module(name)
    return pytest.importorskip(name, reason=f"{name} is not installed; see the extra peers")


def minisom(weights: np.ndarray, **options) -> MiniSom:
    """Return MiniSom with the weights (row, column, feature)."""
    som = MiniSom(*weights.shape, random_seed=0, **options)
    som._weights = weights.astype(np.float64).copy()
    return som


def begin(values: np.ndarray, rows: int, cols: int, seed: int = 0) -> np.ndarray:
    """Return weights near different samples: at equal ones nodes would tie."""
    chance = np.random.default_rng(seed)
    weights = values[chance.permutation(len(values))[: rows * cols]]
    return (weights + 0.01 * chance.normal(size=weights.shape)).reshape(rows, cols, -1)


@pytest.mark.parametrize("name", DATA)
@pytest.mark.parametrize("topology", ["rect", "hex"])
def test_online_training_is_minisoms(name: str, topology: str) -> None:
    values = DATA[name][:150]
    start = begin(values, 8, 8)
    theirs = minisom(start, sigma=3.0, topology=NAMES[topology])
    chance = np.random.RandomState()
    chance.set_state(theirs._random_generator.get_state())
    theirs.train_random(values, 5 * len(values))
    ours = SOM(
        (8, 8),
        topology=topology,
        init=start,
        train="online",
        epochs=5,
        decay="asymptotic",
        sigma=(3.0, 1.0),
        learning_rate=(0.5, 0.5 / 3),
        random_state=chance,
    ).fit(values)
    assert np.abs(ours.codebook_ - theirs.get_weights()).max() <= 1e-12


@pytest.mark.parametrize("name", DATA)
@pytest.mark.parametrize(("step", "closeness"), [(2.0**-12, 1e-10), (2.0**-52, 1e-5)])
@pytest.mark.parametrize("topology", ["rect", "hex"])
def test_batch_training_is_minisoms(
    name: str, step: float, closeness: float, topology: str
) -> None:
    """Single precision holds the samples exactly where `step` is coarse, and rounds them where it
    is not.
    """
    values = np.rint(DATA[name][:200] / step) * step
    start = begin(values, 8, 7)
    theirs = minisom(
        start,
        sigma=4.0,
        learning_rate=1.0,
        decay_function=lambda *_: 1.0,
        sigma_decay_function="linear_decay_to_one",
        topology=NAMES[topology],
    )
    theirs.train_batch_offline(values, 10)
    ours = SOM(
        (8, 7),
        topology=topology,
        init=start,
        epochs=10,
        sigma=(4.0, 1.0),
        decay=lambda start, end, t: start + 0.9 * t * (end - start),  # MiniSom stops one short
    ).fit(values)
    assert np.abs(ours.codebook_ - theirs.get_weights()).max() <= closeness
    assert ours.quantization_error(values) == pytest.approx(
        theirs.quantization_error(values), abs=1e-6
    )
    assert ours.topographic_error(values) == pytest.approx(theirs.topographic_error(values))


@pytest.mark.parametrize(("rows", "cols"), [(12, 9), (9, 12)])
@pytest.mark.parametrize("topology", ["rect", "hex"])
def test_measures_are_minisoms(rows: int, cols: int, topology: str) -> None:
    weights = begin(DIGITS, rows, cols)
    ours = SOM.from_codebook(weights, topology=topology)
    theirs = minisom(weights, topology=NAMES[topology])
    assert ours.quantization_error(DIGITS) == pytest.approx(
        theirs.quantization_error(DIGITS), abs=1e-6
    )
    assert ours.topographic_error(DIGITS) == pytest.approx(theirs.topographic_error(DIGITS))
    np.testing.assert_array_equal(ours.hit_map(DIGITS), theirs.activation_response(DIGITS))
    if topology == "rect" or cols % 2:  # with an even number MiniSom takes the wrong neighbours
        walls = ours.u_matrix()
        np.testing.assert_allclose(
            walls / walls.max(), theirs.distance_map(scaling="mean"), atol=1e-6
        )


def xpysom(values: np.ndarray, start: np.ndarray, epochs: int) -> np.ndarray:
    som = peer("xpysom").XPySom(
        *start.shape, sigma=8, sigmaN=1, std_coeff=1.0, decay_function="exponential", xp=np
    )
    som._weights = start.copy()
    som.train(values, epochs)
    return som.get_weights()


def fastersom(values: np.ndarray, start: np.ndarray, epochs: int) -> np.ndarray:
    rows, cols, _ = start.shape
    som = peer("fastersom").SOM(
        rows, cols, n_epochs=epochs, sigma_initial=8.0, sigma_final=1.0, init=start, device="cpu"
    )
    return som.fit(values).weights_.reshape(start.shape)


@pytest.mark.parametrize("theirs", [xpysom, fastersom])
def test_one_epoch_is_the_batch_peers_and_five_fit_as_well(theirs) -> None:
    values = scale(np.tile(load_digits().data, (2, 1))[:, 10:26])
    values = (values + 0.2 * np.random.default_rng(2).normal(size=values.shape)).astype("float32")
    start = begin(values, 20, 18).astype(np.float32)

    def ours(epochs: int) -> SOM:
        # both peers stop one step short of the end
        last = 1 - 1 / epochs
        return SOM(
            (20, 18),
            init=start,
            epochs=epochs,
            sigma=(8.0, 1.0),
            decay=lambda start, end, t: start * (end / start) ** (t * last),
        ).fit(values)

    assert np.abs(ours(1).codebook_ - theirs(values, start, 1)).max() <= 1e-4
    other = SOM.from_codebook(theirs(values, start, 5)).quantization_error(values)
    assert ours(5).quantization_error(values) == pytest.approx(other, rel=2e-4)


@pytest.mark.parametrize(
    ("name", "side", "sigma"), [("digits", 16, (4.0, 0.9)), ("iris", 8, (2.0, 0.6))]
)
def test_maps_are_as_good_as_the_median_of_minisoms(
    name: str, side: int, sigma: tuple[float, float]
) -> None:
    values = DATA[name]
    theirs = []
    for seed in range(5):
        som = MiniSom(side, side, values.shape[1], sigma=side / 4, random_seed=seed)
        som.random_weights_init(values)
        som.train_random(values, 20 * len(values))
        theirs.append((som.quantization_error(values), som.topographic_error(values)))
    fit, order = np.median(theirs, axis=0)
    ours = SOM((side, side), sigma=sigma, epochs=20).fit(values)  # by pca: no seed changes it
    assert ours.quantization_error_[-1] <= fit
    assert ours.topographic_error_[-1] <= order + 0.01
