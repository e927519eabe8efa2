"""The table and the one line at the end of a run."""

from pathlib import Path

from flows import graph, report
from flows.graph import Stage
from flows.report import Outcome

STAGES = {
    "a": Stage("a", (), (Path("data/a"),), stale=False),
    "b": Stage("b", ("a",), (Path("data/b"),), stale=True),
    "c": Stage("c", ("b",), (), stale=False),
    "d": Stage("d", ("a",), (), stale=False),
}


def test_a_stage_is_to_run_when_it_or_one_before_it_is_out_of_date():
    assert graph.to_run(STAGES) == {"b", "c"}


def test_the_table_tells_states_seconds_and_sizes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data/a").mkdir(parents=True)
    (tmp_path / "data/a/values").write_bytes(bytes(1500))
    outcomes = {name: Outcome(report.RAN, 1.26) for name in STAGES}
    text = list(report.lines(STAGES, outcomes))
    assert "a      Ran        1.3  data/a (1.5 kB)" in text
    assert "b      Ran        1.3  data/b (missing)" in text
    assert not any("index.html" in line for line in text)


def test_the_page_is_named_when_it_is_there_and_all_is_well(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    report.PAGE.parent.mkdir(parents=True)
    report.PAGE.write_text("")
    fine = {name: Outcome(report.UP_TO_DATE) for name in STAGES}
    assert list(report.lines(STAGES, fine))[-1] == "Open data/evaluation/index.html"
    bad = {**fine, "c": Outcome(report.FAILED, line="c: no")}
    assert not any("index.html" in line for line in report.lines(STAGES, bad))


def test_the_last_line_names_what_failed_and_what_waits():
    outcomes = {
        "a": Outcome(report.RAN),
        "b": Outcome(report.FAILED, line="b: x.yaml: wrong"),
        "c": Outcome(report.NOT_READY),
    }
    assert report.failure(outcomes) == "b: x.yaml: wrong (not run for that: c)"
    assert report.failure({"a": Outcome(report.RAN)}) == ""
