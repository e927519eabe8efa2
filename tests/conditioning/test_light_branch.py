"""The light branch."""

from pathlib import Path
from typing import Any

import pytest
import torch

from tasks.conditioning import model
from tasks.conditioning.control import Control
from tasks.conditioning.light_branch import LightBranch
from tasks.controlnet import network
from tests.conditioning import tiny


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> model.DiffusionModel:
    return tiny.flow(tmp_path_factory.mktemp("base"))


def wanted() -> torch.Tensor:
    shape = (2, 7, tiny.SIZE, tiny.SIZE)
    return torch.rand(shape, generator=torch.Generator().manual_seed(0))


def test_its_residuals_have_the_shapes_of_the_u_net_s_features(base: Any) -> None:
    down, middle = tiny.trained(base, branch="light")(None, None, controlnet_cond=wanted())
    control = tiny.trained(base)
    side = tiny.SIZE // tiny.FACTOR
    words = base.embed(tiny.CAPTIONS[:2]).sequence
    theirs = control(
        torch.zeros(2, tiny.LATENTS, side, side), 1.0, words, wanted(), return_dict=False
    )
    assert [each.shape for each in down] == [each.shape for each in theirs[0]]
    assert middle.shape == theirs[1].shape


def test_untrained_it_changes_nothing(base: Any) -> None:
    down, middle = tiny.untrained(base, branch="light")(None, None, controlnet_cond=wanted())
    assert all(not each.any() for each in [*down, middle])


def test_it_is_run_once_a_picture(base: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[float] = []
    whole = LightBranch.residuals

    def counted(self: LightBranch, embedded: torch.Tensor, scale: float) -> Any:
        calls.append(scale)
        return whole(self, embedded, scale)

    monkeypatch.setattr(LightBranch, "residuals", counted)
    control = Control(tiny.trained(base, branch="light"), wanted(), 0.5)
    steps = control.begin(base.embed(tiny.CAPTIONS[:2]).asked((tiny.SIZE, tiny.SIZE)), 1)
    first, again = (steps(torch.zeros(1), torch.tensor(time)) for time in (9.0, 1.0))
    assert calls == [0.5]
    expected = 0.5 * control.network(None, None, controlnet_cond=wanted())[1]
    torch.testing.assert_close(first[1], expected)
    assert torch.equal(first[1], again[1])


def test_a_saved_branch_comes_back_as_what_it_is(base: Any, tmp_path: Path) -> None:
    branch = tiny.trained(base, branch="light")
    branch.save_pretrained(tmp_path)
    again = network.load(tmp_path)
    assert isinstance(again, LightBranch)
    pairs = zip(branch.parameters(), again.parameters(), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)
