"""Several processes that share a training."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tasks.controlnet.crew import Crew
from tasks.core.errors import InputError
from tasks.core.project import MARK
from tests.controlnet import small
from tests.controlnet.test_stage import CutError, cut_after

ROOT = Path(__file__).parents[2]
SECTION = small.section(accumulation=2, batch=2, tensorboard=None)


def launch(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run the stage in `folder` by two processes of `accelerate launch`."""
    (folder / MARK).touch()
    sections: dict[str, Any] = {
        "runtime": small.RUNTIME,
        "features": small.FEATURES,
        "impressions": small.IMPRESSIONS_SECTION,
        "controlnet": SECTION,
    }
    values = {name: section.model_dump() for name, section in sections.items()}
    values |= {"items": {"root": ".cache/items"}, "runner": {"name": "threads"}}
    (folder / "params.yaml").write_text(yaml.safe_dump(values))
    started = ("--multi_gpu", "--num_processes", "2", "--main_process_port", "0", *words)
    command = (sys.executable, "-m", "accelerate.commands.launch", *started)
    away = ("PREFECT_API_URL", "RANK", "WORLD_SIZE", "CUDA_VISIBLE_DEVICES")
    kept = {name: value for name, value in os.environ.items() if name not in away}
    return subprocess.run(
        [*command, "--module", "flows.controlnet"],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.slow
def test_two_processes_go_on_from_where_one_was_cut_to_the_bytes_of_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone, together = tmp_path / "alone", tmp_path / "together"
    for place in (alone, together):
        place.mkdir()
        monkeypatch.chdir(place)
        small.write()
    with monkeypatch.context() as patch:
        cut_after(5, patch)  # batches: within the third step
        with pytest.raises(CutError):
            small.train(SECTION)
    result = launch(together)
    assert result.returncode == 0, result.stderr
    monkeypatch.chdir(alone)
    small.train(SECTION)
    for name in ("diffusion_pytorch_model.safetensors", "config.json", "curve.json"):
        one, two = (place / "data/controlnet" / name for place in (alone, together))
        assert one.read_bytes() == two.read_bytes(), name


def test_batches_that_do_not_share_out_are_refused() -> None:
    Crew(0, 2).check(4)
    with pytest.raises(InputError, match=r"accumulation: 3 batches a step do not share out"):
        Crew(1, 2).check(3)


def test_processes_that_see_other_states_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    def others(self: Crew, value: torch.Tensor) -> list[torch.Tensor]:
        return [value, value + 20]

    monkeypatch.setattr(Crew, "gather", others)
    with pytest.raises(InputError, match=r"items\.root: the processes stand at steps \[0, 20\]"):
        Crew(0, 2).agree(0)
