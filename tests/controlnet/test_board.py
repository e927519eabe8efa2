"""What TensorBoard is told."""

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tasks.controlnet import board
from tasks.core import store
from tasks.core.errors import InputError
from tests.controlnet import small

TOLD: list[tuple[str, float, int]] = []


class Writer:
    def __init__(self, folder: str, purge_step: int) -> None:
        TOLD.append((folder, 0.0, purge_step))

    def __enter__(self) -> "Writer":
        return self

    def __exit__(self, *_: object) -> None: ...

    def add_scalar(self, name: str, value: float, step: int) -> None:
        TOLD.append((name, value, step))


def test_losses_and_the_curve_are_told_and_no_byte_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module: Any = ModuleType("tensorboard")
    module.SummaryWriter = Writer
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", module)
    digests = []
    for folder in (None, "board"):
        place = tmp_path / str(folder)
        place.mkdir()
        monkeypatch.chdir(place)
        small.write()
        small.train(small.section(steps=3, curve=[0, 3], tensorboard=folder))
        digests.append(store.digest(store.folder("controlnet")))
        assert bool(TOLD) == bool(folder)
    assert digests[0] == digests[1]
    assert [step for name, _, step in TOLD if name == "training/loss"] == [1, 2, 3]
    assert [step for name, _, step in TOLD if name == "fidelity/structure"] == [0, 3]


def test_without_tensorboard_it_is_said_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)  # pyright: ignore[reportArgumentType]
    with (
        pytest.raises(InputError, match=r"controlnet\.tensorboard: .* or set it to null"),
        board.opened("somewhere"),
    ):
        pass
