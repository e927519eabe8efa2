"""What tests share: a project of their own to stand in."""

import os
from pathlib import Path

import pytest
import yaml

os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("DO_NOT_TRACK", "1")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def root() -> Path:
    """Return the checkout's root."""
    return ROOT


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty project with the checkout's `params.yaml`, as the current directory."""
    (tmp_path / "params.yaml").write_text((ROOT / "params.yaml").read_text())
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def set_params(project: Path):
    """Return a function that sets parameters: `set_params({"pictures.scenes": 4})`."""

    def change(values: dict[str, object]) -> None:
        file = project / "params.yaml"
        content = yaml.safe_load(file.read_text())
        for name, value in values.items():
            *parents, last = name.split(".")
            place = content
            for parent in parents:
                place = place[parent]
            place[last] = value
        file.write_text(yaml.safe_dump(content))

    return change
