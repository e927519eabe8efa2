"""Gates and verdicts."""

import pytest
from pydantic import ValidationError

from tasks.evaluation.gates import flatten, matching, record, verdicts
from tasks.evaluation.params import Gate

METRICS = {
    "structure": {
        "none": {"r": 0.4, "error": 12.0},
        "img2img_0.4": {"r": 0.7, "error": 7.0},
        "img2img_0.6": {"r": 0.8, "error": 8.0},
        "control": {"r": 0.95, "error": 6.5},
    }
}


def gate(metric: str, at_least=None, at_most=None, beyond=None) -> Gate:
    return Gate(title="a gate", metric=metric, at_least=at_least, at_most=at_most, beyond=beyond)


def one(*arguments, **bounds) -> object:
    (found,) = verdicts(METRICS, [gate(*arguments, **bounds)])
    return found


@pytest.mark.parametrize(
    ("bounds", "passed"),
    [
        ({"at_least": 0.95}, True),
        ({"at_least": 0.951}, False),
        ({"at_most": 0.95}, True),
        ({"at_most": 0.949}, False),
    ],
)
def test_a_bound_is_kept_at_the_bound_itself(bounds, passed):
    assert one("structure/control/r", **bounds).passed is passed


def test_a_bound_beyond_others_counts_from_the_best_of_them():
    rivals = "structure/img2img_*/r"
    assert one("structure/control/r", at_least=0.14, beyond=rivals).bound == pytest.approx(0.94)
    assert one("structure/control/r", at_least=0.14, beyond=rivals).passed
    assert not one("structure/control/r", at_least=0.16, beyond=rivals).passed


def test_the_best_of_errors_is_the_smallest():
    found = one("structure/control/error", at_most=-0.5, beyond="structure/img2img_*/error")
    assert found.bound == pytest.approx(6.5)
    assert found.passed


def test_every_figure_that_the_path_finds_gets_a_verdict():
    found = verdicts(METRICS, [gate("structure/*/r", at_least=0.75)])
    assert [verdict.passed for verdict in found] == [False, False, True, True]


@pytest.mark.parametrize(
    ("metric", "beyond"), [("structure/lost/r", None), ("structure/control/r", "lost/*")]
)
def test_a_gate_without_figures_is_missed(metric, beyond):
    found = one(metric, at_least=-100.0, beyond=beyond)
    assert not found.passed


def test_a_name_with_a_dot_is_one_name():
    assert set(matching(flatten(METRICS), "structure/img2img_0.4/*")) == {
        "structure/img2img_0.4/r",
        "structure/img2img_0.4/error",
    }


def test_a_star_stands_for_one_name_only():
    assert matching(flatten(METRICS), "structure/*") == {}


@pytest.mark.parametrize("bounds", [{}, {"at_least": 0.1, "at_most": 0.2}])
def test_a_gate_has_one_bound(bounds):
    with pytest.raises(ValidationError, match="give one of at_least and at_most"):
        gate("structure/*/r", **bounds)


def test_a_verdict_is_written_with_its_bound():
    assert record(one("structure/control/r", at_least=0.9)) == {
        "gate": "a gate",
        "figure": "structure/control/r",
        "value": 0.95,
        "at_least": 0.9,
        "kept": True,
    }
