"""Records of what runs ask for, and what they belong to."""

import pytest
import yaml

from tasks.core import inputs, items, uses

TOP, INNER, OTHER = "aa" * 32, "bb" * 32, "cc" * 32


@pytest.fixture
def graph(project):
    """Return a project with one stage."""
    (project / "code").mkdir()
    (project / "code/one.py").write_text("1")
    (project / "more.yaml").write_text("{mine: 1, other: 1}")
    stage = {
        "cmd": "python -m one",
        "deps": ["code", "${pictures.folder}"],
        "params": ["som", "runtime.seed", {"more.yaml": ["mine"]}],
    }
    (project / "dvc.yaml").write_text(yaml.safe_dump({"stages": {"one": stage}}))
    (project / "data/inbox").mkdir(parents=True)
    return project


def nested(folder):
    items.produce(INNER, lambda inner: (inner / "value").write_text("2"))


def test_what_is_asked_for_while_an_item_is_made_is_used_within_it(graph):
    with uses.recorded("one"):
        items.produce(TOP, nested)
        items.exists(OTHER)
    (record,) = uses.records()
    assert (record.stage, record.inputs) == ("one", inputs.digest("one"))
    assert (record.needed, record.within) == ({TOP, OTHER}, {INNER})


def test_a_second_run_with_the_same_inputs_keeps_what_the_first_one_used_within(graph):
    for _ in range(2):
        with uses.recorded("one"):
            items.produce(TOP, nested)
    (record,) = uses.records()
    assert (record.needed, record.within) == ({TOP}, {INNER})


def test_a_run_that_fails_or_whose_inputs_change_leaves_no_record(graph):
    def fail():
        with uses.recorded("one"):
            items.exists(TOP)
            raise RuntimeError("stopped")

    with pytest.raises(RuntimeError):
        fail()
    with uses.recorded("one"):
        (graph / "code/one.py").write_text("2")
    assert uses.records() == []


def test_a_stage_outside_the_graph_has_one_record(graph):
    for item in (TOP, OTHER):
        with uses.recorded("elsewhere"):
            items.exists(item)
    (record,) = uses.records()
    assert record.needed == {OTHER, TOP}
    uses.forget(record)
    assert uses.records() == []


@pytest.mark.parametrize(
    ("change", "counts"),
    [
        (lambda place, _: (place / "code/two.py").write_text(""), True),
        (lambda place, _: (place / "code/one.py").write_text("3"), True),
        (lambda place, _: (place / "data/inbox/photo").write_text("3"), True),
        (lambda place, _: (place / "more.yaml").write_text("{mine: 2, other: 1}"), True),
        (lambda _, set_params: set_params({"som.rows": 3}), True),
        (lambda _, set_params: set_params({"runtime.seed": 3}), True),
        (lambda _, set_params: set_params({"runtime.threads": 1}), False),
        (lambda _, set_params: set_params({"items.root": "elsewhere"}), False),
        (lambda place, _: (place / "more.yaml").write_text("{mine: 1, other: 2}"), False),
        (lambda place, _: (place / "code/one.pyc").write_text("3"), False),
    ],
)
def test_the_digest_changes_with_what_the_stage_depends_on_alone(
    graph, set_params, change, counts
):
    before = inputs.digest("one")
    change(graph, set_params)
    assert (inputs.digest("one") != before) is counts
