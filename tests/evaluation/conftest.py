"""What the tests of the evaluation share: one small project, evaluated once."""

import json
import os
from pathlib import Path

import pytest
import yaml

from tasks.core import params
from tasks.evaluation import stage
from tests.evaluation import small


def run() -> stage.Plan:
    """Run the stage as its flow does, in the current directory."""
    sections = (params.load(name) for name in ("evaluation", "features", "impressions"))
    work = stage.plan(stage.Sections(*sections))
    for part in work.painted:
        stage.structure(part)
    for part in work.filmed:
        stage.coherence(part)
    stage.assemble(work)
    return work


@pytest.fixture(scope="session")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a project that was evaluated."""
    place, before = tmp_path_factory.mktemp("project"), Path.cwd()
    os.chdir(place)
    try:
        (place / "params.yaml").write_text(yaml.safe_dump(small.SECTIONS))
        small.write_all()
        run()
    finally:
        os.chdir(before)
    return place


@pytest.fixture
def project(evaluated: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """That project as the current directory."""
    monkeypatch.chdir(evaluated)
    return evaluated


@pytest.fixture(scope="session")
def figures(evaluated: Path) -> dict:
    """What metrics.json holds."""
    return json.loads((evaluated / "data/evaluation/metrics.json").read_text())
