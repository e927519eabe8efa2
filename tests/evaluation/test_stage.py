"""The stage: from everything that was made to figures, verdicts and the page."""

import json

import pytest

from tasks.core import params, store
from tasks.core.errors import InputError
from tasks.evaluation import stage
from tasks.impressions.fidelity import METRICS
from tests.evaluation import small
from tests.evaluation.conftest import run


def test_metrics_hold_the_map_every_mode_on_every_set_and_every_clip(figures):
    assert set(figures) == {"som", "structure", "video", "gates"}
    assert figures["som"] == {"quantization_error": 0.5, "topographic_error": 0.05}
    assert list(figures["structure"]) == list(small.SETS)
    for modes in figures["structure"].values():
        assert list(modes) == small.MODES
        for measured in modes.values():
            assert set(measured) == set(METRICS)
    assert list(figures["video"]) == small.VARIANTS
    for films in figures["video"].values():
        each = films["photographs"]
        assert list(each) == ["astronaut", "coffee"]
        expected = (each["astronaut"]["layout"] + each["coffee"]["layout"]) / 2
        assert films["layout"] == pytest.approx(expected, abs=1e-6)


def test_what_is_nearer_to_its_source_has_more_structure(figures):
    for modes in figures["structure"].values():
        correlations = [modes[mode]["luma_correlation"] for mode in small.MODES]
        errors = [modes[mode]["lab_error"] for mode in small.MODES]
        assert correlations == sorted(correlations)
        assert errors == sorted(errors, reverse=True)


def test_the_clip_that_moves_follows_and_the_frozen_one_does_not(figures):
    assert figures["video"]["frozen"]["tof"] > 0.9
    assert figures["video"]["kuramoto"]["tof"] < 0.5
    assert figures["video"]["frozen"]["flicker"] == 0


def test_verdicts_are_written_beside_and_counted(project, figures):
    written = json.loads((project / "data/evaluation/gates.json").read_text())
    assert figures["gates"] == {"kept": sum(each["kept"] for each in written), "of": len(written)}
    assert [each["gate"] for each in written if not each["kept"]] == ["Nothing of this name"]


def test_a_second_run_measures_nothing_and_writes_the_same_bytes(project, monkeypatch):
    digest = store.digest(store.folder("evaluation"))
    monkeypatch.setattr(stage.measuring, "structure", lambda *_, **__: pytest.fail("measured"))
    monkeypatch.setattr(stage.measuring, "coherence", lambda *_: pytest.fail("measured"))
    run()
    assert store.digest(store.folder("evaluation")) == digest


def test_curves_are_written_as_tables_of_numbers(project):
    som = json.loads((project / "data/evaluation/som.json").read_text())
    assert [row["epoch"] for row in som] == [1, 2, 3]
    assert som[-1]["quantization_error"] == 0.5
    curve = json.loads((project / "data/evaluation/controlnet.json").read_text())
    assert [row["step"] for row in curve] == [0, 50]
    assert set(curve[0]) == {"step", *METRICS}


def test_no_wall_time_is_written(project, figures):
    text = (project / "data/evaluation/index.html").read_text() + json.dumps(figures)
    for word in ("second", "minute", "elapsed", "20260", "2026-"):
        assert word not in text


def test_a_missing_input_names_the_stage_to_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text(stage.json.dumps(small.SECTIONS))
    sections = [params.load(name) for name in ("evaluation", "features", "impressions")]
    with pytest.raises(InputError, match=r"som.*run: dvc repro som"):
        stage.plan(stage.Sections(*sections))
    small.impressions.write_som()
    with pytest.raises(InputError, match="run: dvc repro generation"):
        stage.plan(stage.Sections(*sections))
