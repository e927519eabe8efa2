"""Retraining: new numbers reach params.yaml, and DVC finds out what follows from them."""

import sys

import pytest
import yaml
from pydantic import ValidationError

from flows.retraining import Numbers
from tasks.core.errors import InputError
from tests.flows.harness import ask, at_work, call, shown, stage, start, until


def test_only_numbers_that_are_given_change_and_the_curve_ends_with_the_training(project):
    numbers = Numbers.model_validate({"controlnet": {"steps": 120}, "base": {"rate": 0.5}})
    assert numbers.changes() == {
        "controlnet.steps": 120,
        "base.scratch.rate": 0.5,
        "controlnet.curve": [0, 50, 100, 120],
    }


def test_unknown_numbers_and_none_at_all_are_refused(project):
    with pytest.raises(ValidationError, match="extra_forbidden"):
        Numbers.model_validate({"som": {"colour": 1}})
    with pytest.raises(InputError, match="give a number that is to change"):
        Numbers.model_validate({}).changes()


def test_new_numbers_are_written_and_what_follows_from_them_is_run(toy):
    graph, file = toy.place / "dvc.yaml", toy.place / "params.yaml"
    stages = yaml.safe_load(graph.read_text())["stages"]
    som = stage("som", ("join",))
    stages["som"] = {**som, "params": [*som["params"], "som"]}
    graph.write_text(yaml.safe_dump({"stages": stages}))
    before = file.read_text()
    given = [{"epochs": 7}, {"rows": 1, "cols": 1}]
    with at_work(toy, sys.executable, "-m", "flows.deploy", "--serve"):
        assert until(lambda: len(ask(toy.url, "deployments")) == 3, 60), toy.output()
        numbers = {each["name"]: each["id"] for each in ask(toy.url, "deployments")}
        made = [start(toy.url, numbers["new-numbers"], {"numbers": {"som": som}}) for som in given]

        def states() -> list[str]:
            return [call(toy.url, "GET", f"flow_runs/{run}")["state_type"] for run in made]

        assert until(lambda: states() == ["COMPLETED", "FAILED"], 180, pause=1.0), (
            states(),
            toy.output(),
        )
    assert file.read_text() == before.replace("epochs: 10\n", "epochs: 7\n", 1)
    assert shown(toy.url, made[0], "retraining-parameters") == [
        {"parameter": "som.epochs", "before": "10", "after": "7"}
    ]
    outcomes = {row["stage"]: row["state"] for row in shown(toy.url, made[0], "pipeline-stages")}
    assert outcomes == {**dict.fromkeys(outcomes, "UpToDate"), "som": "Ran"}
    message = call(toy.url, "GET", f"flow_runs/{made[1]}")["state"]["message"]
    assert message == "params.yaml: som: clusters is 24, more than the 1 nodes; ask for fewer"
