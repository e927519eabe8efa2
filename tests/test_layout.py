"""One name per stage, everywhere; DVC knows every file that a stage computes with; nobody blesses
outputs by hand.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tasks.core import code, params

ROOT = Path(__file__).resolve().parent.parent
STAGES = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]


def plain(entries: list) -> list[str]:
    """Return the paths or names of a list in dvc.yaml, without their options."""
    return [next(iter(entry)) if isinstance(entry, dict) else entry for entry in entries]


def test_dvc_and_the_parameters_name_the_same_stages():
    assert sorted(STAGES) == sorted(params.STAGES)
    assert sorted(yaml.safe_load((ROOT / "params.yaml").read_text())) == sorted(params.SECTIONS)


@pytest.mark.parametrize("stage", params.STAGES)
def test_a_stage_has_one_name_in_every_folder(stage):
    for file in (f"flows/{stage}.py", f"tasks/{stage}/stage.py", f"tasks/{stage}/params.py"):
        assert (ROOT / file).is_file(), file
    assert (ROOT / "tests" / stage).is_dir()
    entry = STAGES[stage]
    assert entry["cmd"] == f"python -m flows.{stage}"
    outs = plain([*entry["outs"], *entry.get("metrics", []), *entry.get("plots", [])])
    assert all(out == f"data/{stage}" or out.startswith(f"data/{stage}/") for out in outs)


@pytest.mark.parametrize("stage", params.STAGES)
def test_the_dependencies_cover_every_module_that_a_stage_imports(stage):
    modules = code.modules(f"tasks.{stage}.stage")
    files = {str(code.source(module).relative_to(ROOT)) for module in modules}
    files.add(f"flows/{stage}.py")
    deps = plain(STAGES[stage]["deps"])
    covered = {f for f in files for dep in deps if f == dep or f.startswith(f"{dep.rstrip('/')}/")}
    assert sorted(files - covered) == []


@pytest.mark.parametrize("stage", params.STAGES)
def test_the_parameters_of_a_stage_are_its_own_and_those_it_reads(stage):
    listed = {str(name).partition(".")[0] for name in plain(STAGES[stage]["params"])}
    assert {stage, "runtime"} <= listed
    assert listed <= set(params.SECTIONS) - set(params.NOWHERE)
    source = (ROOT / f"tasks/{stage}/stage.py").read_text() + (
        ROOT / f"flows/{stage}.py"
    ).read_text()
    read = set(re.findall(r"params\.load\(\"(\w+)\"\)", source))
    assert read <= listed


def test_nothing_has_strayed_to_the_top_level():
    found = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    names = {name.partition("/")[0] for name in found.stdout.split()}
    folders, files = (
        {"data", "flows", "tasks", "tests"},
        {"LICENSE", "README.md", "pyproject.toml"},
    )
    made = {"CHANGELOG.md", "Makefile", "constraints.txt", "dvc.lock", "dvc.yaml", "params.yaml"}
    assert {name for name in names if not name.startswith(".")} == folders | files | made


def test_without_a_server_no_stage_imports_prefect():
    stages = ", ".join(f"flows.{stage}" for stage in params.STAGES)
    program = f"import sys, {stages}, flows.render; print('prefect' in sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert found.stdout == "False\n", found.stderr


def test_nothing_in_the_project_records_outputs_without_running_their_stage():
    for folder in ("flows", "tasks"):
        for file in (ROOT / folder).rglob("*.py"):
            assert not re.search(r"dvc.*commit|repo\.commit", file.read_text()), file
