import numpy as np
import pytest

from tasks.som.estimator.settings import check
from tasks.som.estimator.som import SOM
from tasks.som.lattices.hexagonal import Hex


def settings(**changes):
    return check({**SOM().get_params(), **changes})


def test_parts_are_built_by_name() -> None:
    found = settings(shape=[np.int64(6), 5], topology="hex", torus=True)
    assert found.lattice() == Hex(6, 5, True)
    assert found.shape == (6, 5)
    assert settings(shape=np.array([4, 3]), sigma=np.array([2.0, 1.0])).shape == (4, 3)


def test_the_default_width_goes_from_a_quarter_of_the_longer_side_to_one_step() -> None:
    assert settings(shape=(64, 32)).widths() == (16.0, 1.0)
    assert settings(shape=(2, 3)).widths() == (1.0, 1.0)
    assert settings(epochs=3, sigma=(4, 1)).sigmas() == pytest.approx((4.0, 2.0, 1.0))


def test_a_decay_may_be_a_function() -> None:
    halves = settings(decay=lambda start, end, progress: start / 2, sigma=(4, 1), epochs=2)
    assert halves.sigmas() == (2.0, 2.0)


def test_no_seed_is_the_seed_0() -> None:
    assert settings(random_state=None).chance().random() == settings().chance().random()
    chance = np.random.RandomState(3)
    assert settings(random_state=chance).chance() is chance


def test_streams_of_a_seed_differ_and_a_given_generator_is_the_only_one() -> None:
    drawn = {settings(random_state=3).chance(stream).random() for stream in (0, 1, 2)}
    assert len(drawn) == 3
    assert settings(random_state=3).chance().random() == np.random.default_rng(3).random()
    chance = np.random.default_rng(3)
    assert settings(random_state=chance).chance(1) is chance


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"shape": (0, 4)}, "shape"),
        ({"shape": 8}, "shape"),
        ({"shape": (8, 8.5)}, "shape"),
        ({"topology": "sphere"}, "topology: unknown name 'sphere'; choose one of hex, rect"),
        ({"torus": 1}, "torus"),
        ({"neighbourhood": "cone"}, "neighbourhood: unknown name 'cone'"),
        ({"sigma": (1.0, 2.0)}, "the width must not grow"),
        ({"sigma": (2.0, 0.0)}, "sigma"),
        ({"sigma": (2.0, 9e-4)}, "sigma"),
        ({"decay": 3}, "decay"),
        ({"decay": lambda start: 1.0}, "decay of .* gives no number: .* positional"),
        ({"decay": lambda *_: "wide"}, "decay of .* gives no number"),
        ({"decay": lambda *_: None}, "decay of .* gives no number"),
        ({"decay": lambda *_: float("nan")}, "decay of .* is nan; expected"),
        ({"decay": lambda start, _, progress: start * (1 - progress)}, "decay of .* is 0.0"),
        ({"decay": lambda *_: 1e-4}, "decay: a width of 0.0001; the least is 0.001"),
        ({"sigma": (float("nan"), 1.0)}, "sigma"),
        ({"decay": "sudden"}, "decay: unknown name 'sudden'"),
        ({"metric": "manhattan"}, "metric"),
        ({"init": "kmeans"}, "init: unknown name 'kmeans'"),
        ({"train": "offline"}, "train"),
        ({"epochs": 0}, "epochs"),
        ({"sample_schedule": "shrink"}, "sample_schedule"),
        ({"bmu": "tree"}, "bmu"),
        ({"exact": "yes"}, "exact"),
        ({"missing": "drop"}, "missing"),
        ({"learning_rate": (0.5, 0.0)}, "learning_rate"),
        ({"window": -1.0}, "window"),
        ({"rho": 1.5}, "rho"),
        ({"random_state": -1}, "random_state is -1"),
        ({"random_state": True}, "random_state is True"),
        ({"random_state": "luck"}, "random_state is 'luck'"),
        ({"threads": 0}, "threads"),
        ({"memory_limit": 10}, "memory_limit"),
        ({"device": "tpu"}, "device"),
        ({"missing": "mask", "train": "online"}, "missing='mask' and train='online' do not go"),
        ({"missing": "mask", "metric": "cosine"}, "missing='mask' and metric='cosine' do not go"),
    ],
)
def test_a_wrong_parameter_is_refused_in_one_line_that_names_it(changes, message) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        settings(**changes)
    assert "\n" not in str(caught.value)
