"""Where the project lies."""

from pathlib import Path

import pytest

from tasks.core import project as place
from tasks.core.errors import InputError


def test_the_root_is_found_from_a_folder_inside(project, monkeypatch):
    inside = project / "data/som"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    assert place.root() == project
    assert place.enter() == Path.cwd() == project


def test_elsewhere_the_root_is_the_checkout_of_the_code(root, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert place.root() == root


def test_a_folder_that_is_no_project_is_refused(project, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"empty: holds no params\.yaml"):
        place.enter(tmp_path / "empty")
