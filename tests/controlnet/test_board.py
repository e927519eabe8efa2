"""What TensorBoard is told."""

import sys
from pathlib import Path

import pytest
import torch.utils
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from tasks.controlnet import board
from tasks.core import store
from tasks.core.errors import InputError
from tests.controlnet import small


def shown(run: Path) -> dict[str, list[int]]:
    """Return the steps that TensorBoard shows of each figure."""
    events = EventAccumulator(str(run))
    events.Reload()
    names = events.scalars.Keys()
    return {Path(name).name: [each.step for each in events.Scalars(name)] for name in names}


def test_losses_and_the_curve_are_told_and_no_byte_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = []
    for folder in (None, "board"):
        place = tmp_path / str(folder)
        place.mkdir()
        monkeypatch.chdir(place)
        small.write()
        small.train(small.section(steps=3, curve=[0, 3], tensorboard=folder))
        digests.append(store.digest(store.folder("controlnet")))
        assert Path("board").exists() == bool(folder)
    assert digests[0] == digests[1]
    assert shown(Path("board/training")) == {"loss": [1, 2, 3], "learning_rate": [1, 2, 3]}
    curve = shown(Path("board/fidelity"))
    assert curve["structure"] == [0, 3]
    small.train(small.section(steps=3, curve=[0, 3], tensorboard="board"))
    assert shown(Path("board/fidelity")) == curve


def test_steps_that_a_cut_training_makes_again_are_told_once(tmp_path: Path) -> None:
    for done, last in ((0, 5), (3, 6)):
        with board.opened(str(tmp_path), "training", done=done) as note:
            for step in range(done + 1, last + 1):
                note(step, {"loss": 1.0})
    assert shown(tmp_path / "training") == {"loss": [1, 2, 3, 4, 5, 6]}


def test_without_tensorboard_it_is_said_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(torch.utils, "tensorboard", raising=False)
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)  # pyright: ignore[reportArgumentType]
    with (
        pytest.raises(InputError, match=r"controlnet\.tensorboard: .* or set it to null"),
        board.opened(str(tmp_path), "training", done=0),
    ):
        pass
