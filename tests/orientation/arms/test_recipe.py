import numpy as np
import pytest
from pydantic import ValidationError

from tasks.core.errors import InputError
from tasks.orientation.arms.recipe import OURS, PAPER, PAPER_LOCAL, Recipe
from tasks.orientation.chains.angle_blur import AngleBlur
from tasks.orientation.chains.everywhere import Everywhere
from tasks.orientation.chains.nearby import Nearby
from tasks.orientation.registry import COUPLINGS, TARGETS
from tasks.orientation.targets.one_step import OneStep


def changed(**fields):
    return Recipe.model_validate({**OURS.model_dump(), **fields})


def test_the_papers_preset_is_the_released_schedule():
    arm = PAPER.arm()
    np.testing.assert_allclose(arm.schedule.lengths, np.linspace(1e-4, 0.1, 100), rtol=1e-9)
    strengths = arm.process.ratio * arm.schedule.lengths
    np.testing.assert_allclose(strengths, np.linspace(3e-5, 0.03, 100), rtol=1e-9)
    assert (arm.process.pull, arm.reach) == (1.5, 0.9)
    assert arm.target == OneStep(5)
    assert arm.weighting == "official"
    assert arm.process.coupling == Everywhere()
    assert PAPER_LOCAL.arm().process.coupling == Nearby(5, "periodic")


def test_every_choice_is_a_field():
    arm = changed(
        steps=50,
        end=7.0,
        pull=1.0,
        reach=0.25,
        coupling={"name": "angle_blur", "reach": 4},
        target={"name": "one_step", "draws": 1},
        weighting="sigma2",
    ).arm()
    assert (arm.schedule.steps, arm.schedule.end) == (50, 7.0)
    assert arm.process.coupling == AngleBlur(4)
    assert (arm.process.pull, arm.reach, arm.weighting) == (1.0, 0.25, "sigma2")
    assert changed(uncoupled=True).arm().process.stationary() == pytest.approx(
        OURS.arm().process.stationary(), abs=1e-9
    )


@pytest.mark.parametrize("registry", [COUPLINGS, TARGETS])
def test_unknown_variants_are_named(registry):
    field = "coupling" if registry is COUPLINGS else "target"
    with pytest.raises(InputError, match=f"{field}: unknown name 'nothing'"):
        changed(**{field: {"name": "nothing"}}).arm()


@pytest.mark.parametrize(
    "bad", [{"reach": 1.5}, {"end": 21.0}, {"steps": 1}, {"weighting": "even"}, {"extra": 1}]
)
def test_values_out_of_range_are_refused(bad):
    with pytest.raises(ValidationError):
        changed(**bad)


def test_a_coupling_that_the_target_cannot_look_back_through_is_refused():
    blurred = {"name": "angle_blur", "reach": 4}
    with pytest.raises(InputError, match="target: shift needs a linear coupling, and angle_blur"):
        changed(coupling=blurred, target={"name": "shift", "rate": 0.5}).arm()
    assert changed(coupling=blurred, target={"name": "one_step", "draws": 1}).arm()


def test_a_window_without_pixels_is_refused_by_name():
    with pytest.raises(InputError, match="coupling: nearby: reach"):
        changed(coupling={"name": "nearby", "reach": 0, "boundary": "open"}).arm()
