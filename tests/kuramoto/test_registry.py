"""Every variant can be chosen by name, makes a loop, and is told of in the README."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tasks.core import registry
from tasks.core.errors import InputError
from tasks.kuramoto.field import Dynamics
from tasks.kuramoto.registry import COUPLINGS, FREQUENCIES, INTEGRATORS
from tasks.som.lattices.lattice import Rect

CHOICES: dict[str, dict[str, Any]] = {
    "similarity": {"strength": 1.0, "radius": 3.0, "width": 1.5, "floor": 0.1, "tolerance": 1.5},
    "graph": {"strength": 1.0, "hops": 2, "width": 1.5, "floor": 0.1, "tolerance": 1.5},
    "distance": {"strength": 1.0, "radius": 3, "width": 1.5},
    "periodic": {"strength": 1.0, "width": 1.5, "surround": 0.0},
    "mean_field": {"strength": 1.0},
    "wave": {"across": 0.5, "down": 0.2, "relief": 0.3, "rough": 0.1, "kick": 0.3},
    "lock": {"disorder": 0.02},
    "static": {"across": 0.5, "down": 0.2, "rough": 0.1},
    "drift": {"disorder": 0.05, "settle": 5.0, "blend": 3},
    "rk4": {"step": 0.5},
    "euler_maruyama": {"step": 0.5, "noise": 0.01, "blend": 2},
    "moebius": {"step": 0.5},
}
WHOLE = {"coupling": "mean_field", "frequencies": "wave", "integrator": "rk4"}
CASES = [
    *(("coupling", name) for name in COUPLINGS),
    *(("frequencies", name) for name in FREQUENCIES),
    *(("integrator", name) for name in INTEGRATORS),
]


def build(names: dict[str, str]) -> Dynamics:
    made = {
        part: registry.build(entries, {"name": names[part], **CHOICES[names[part]]}, what=part)
        for part, entries in (
            ("coupling", COUPLINGS),
            ("frequencies", FREQUENCIES),
            ("integrator", INTEGRATORS),
        )
    }
    return Dynamics([made["coupling"]], made["frequencies"], made["integrator"], 8, 1)


@pytest.mark.parametrize(("part", "name"), CASES)
def test_a_variant_makes_a_loop_that_repeats_itself(part: str, name: str) -> None:
    dynamics, lattice = build({**WHOLE, part: name}), Rect(8, 9)
    codebook = np.random.default_rng(0).standard_normal((8, 9, 3))
    one, again = (
        dynamics(codebook, codebook[..., 0], np.random.default_rng(1), lattice.neighbours())
        for _ in range(2)
    )
    assert one.shape == (8, 8, 9)
    assert np.isfinite(one).all()
    assert np.array_equal(one, again)


@pytest.mark.parametrize("name", ["rk4", "euler_maruyama"])
def test_a_step_over_the_bound_is_refused_in_one_line(name: str) -> None:
    choice = {"name": name, **CHOICES[name], "step": 1.5}
    long = registry.build(INTEGRATORS, choice, what="integrator")
    still = build(WHOLE)
    dynamics = Dynamics(still.couplings, still.frequencies, long, 8, 1)
    codebook = np.zeros((8, 9, 3))
    with pytest.raises(InputError) as told:
        dynamics(codebook, codebook[..., 0], np.random.default_rng(1))
    assert str(told.value).startswith("video.integrator.step: 1.5 is not stable")
    assert "\n" not in str(told.value)


def test_the_readme_tells_of_every_variant(root: Path) -> None:
    text = (root / "tasks/kuramoto/README.md").read_text()
    assert [name for _, name in CASES if f"| `{name}` |" not in text] == []
