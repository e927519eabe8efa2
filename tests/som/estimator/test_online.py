import numpy as np
import pytest
from minisom import MiniSom
from sklearn.datasets import load_digits, load_iris
from sklearn.preprocessing import scale

from tasks.som.estimator import online
from tasks.som.lattices.hexagonal import Hex
from tasks.som.lattices.lattice import Rect
from tasks.som.neighbourhoods.mexican_hat import MexicanHat
from tasks.som.neighbourhoods.neighbourhood import Gaussian

DATA = {"iris": scale(load_iris().data), "digits": load_digits().data[:300] / 16}
STEPS = 900


def asymptotic(start: float, progress: np.ndarray) -> np.ndarray:
    return start / (1 + 2 * progress)


def ours(values, start, lattice, neighbourhood, shown, progress, window=None) -> np.ndarray:
    *_, last = online.train(
        values,
        start,
        lattice,
        neighbourhood,
        shown=shown,
        sigmas=asymptotic(3.0, progress),
        rates=asymptotic(0.5, progress),
        every=len(values),
        window=window,
    )
    return last


def minisoms(values, side: int, start, **options) -> MiniSom:
    som = MiniSom(side, side, values.shape[1], sigma=3.0, random_seed=4, **options)
    som._weights = start.reshape(side, side, -1).copy()
    return som


def start(values: np.ndarray, side: int) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(side * side, values.shape[1]))


@pytest.mark.parametrize("name", DATA)
@pytest.mark.parametrize("side", [8, 16])
@pytest.mark.parametrize("way", ["in turn", "at random", "by epochs"])
def test_it_equals_minisom(name: str, side: int, way: str) -> None:
    values, weights = DATA[name], start(DATA[name], side)
    minisom = minisoms(values, side, weights)
    progress = online.progress(STEPS)
    if way == "in turn":
        minisom.train(values, STEPS)
        shown = online.order(len(values), STEPS)
    elif way == "at random":
        chance = np.random.RandomState()
        chance.set_state(minisom._random_generator.get_state())
        minisom.train_random(values, STEPS)
        shown = online.order(len(values), STEPS, chance)
    else:
        minisom.train(values, 3, use_epochs=True)
        shown = online.order(len(values), 3 * len(values))
        progress = (np.arange(len(shown)) // len(values)) / 3
    found = ours(values, weights, Rect(side, side), Gaussian(), shown, progress)
    assert np.abs(found - minisom._weights.reshape(found.shape)).max() <= 1e-12


@pytest.mark.parametrize(
    ("options", "lattice", "neighbourhood"),
    [
        ({"topology": "hexagonal"}, Hex(8, 8), Gaussian()),
        (
            {"topology": "hexagonal", "neighborhood_function": "mexican_hat"},
            Hex(8, 8),
            MexicanHat(),
        ),
        ({"neighborhood_function": "mexican_hat"}, Rect(8, 8), MexicanHat()),
    ],
)
def test_it_equals_minisom_on_other_maps(options: dict, lattice, neighbourhood) -> None:
    values, weights = DATA["iris"], start(DATA["iris"], 8)
    minisom = minisoms(values, 8, weights, **options)
    minisom.train(values, 40)  # a hat pushes nodes away without bound: few steps
    progress = online.progress(40)
    shown = online.order(len(values), 40)
    found = ours(values, weights, lattice, neighbourhood, shown, progress)
    assert np.abs(found - minisom._weights.reshape(found.shape)).max() <= 1e-12


@pytest.mark.parametrize(
    "lattice", [Rect(16, 16), Rect(16, 16, True), Hex(16, 16), Hex(16, 15, True)]
)
def test_a_window_of_6_5_widths_changes_next_to_nothing(lattice) -> None:
    values, progress = DATA["digits"], online.progress(STEPS)
    weights = values[np.random.default_rng(1).integers(0, 300, lattice.rows * lattice.cols)]
    shown = online.order(len(values), STEPS)

    def fit(window: float | None) -> np.ndarray:
        *_, last = online.train(
            values,
            weights,
            lattice,
            Gaussian(),
            shown=shown,
            sigmas=asymptotic(3.0, progress),
            rates=asymptotic(0.5, progress),
            every=STEPS,
            window=window,
        )
        return last

    whole, windowed = fit(None), fit(6.5)
    assert 0 < np.abs(windowed - whole).max() <= 1e-9


def test_nodes_beyond_the_window_stay_where_they_are() -> None:
    weights = np.zeros((81, 1))
    weights[40] = 1.0
    (found,) = online.train(
        np.array([[2.0]]),
        weights,
        Rect(9, 9),
        Gaussian(),
        shown=np.array([0]),
        sigmas=[1.0],
        rates=[0.5],
        every=1,
        window=2.0,
    )
    moved = (found != weights).reshape(9, 9)
    assert moved[2:7, 2:7].all()
    assert moved.sum() == 25


def test_the_state_is_shown_after_every_so_many_steps_and_at_the_end() -> None:
    values, weights = DATA["iris"], start(DATA["iris"], 8)
    shown, progress = online.order(150, 400), online.progress(400)
    states = list(
        online.train(
            values,
            weights.copy(),
            Rect(8, 8),
            Gaussian(),
            shown=shown,
            sigmas=asymptotic(3.0, progress),
            rates=asymptotic(0.5, progress),
            every=150,
        )
    )
    assert len(states) == 3
    assert not np.array_equal(states[0], states[1])
