import pytest
import torch

from tasks.base import training
from tasks.base.states import States
from tasks.base.training import Training
from tasks.core import items


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def advance(learning, number):
    for _ in range(number):
        generator = torch.Generator().manual_seed(learning.step)
        loss = lambda _: learning.module.weight.square().sum()  # noqa: E731
        training.advance(learning, loss, 0.1, generator)


def fresh():
    torch.manual_seed(0)
    return Training(torch.nn.Linear(2, 2), 0.9)


def test_a_state_is_kept_when_due_and_replaces_the_one_before():
    states, learning, calls = States("run", every=3), fresh(), []
    for _ in range(7):
        advance(learning, 1)
        states.keep(learning, lambda: calls.append(learning.step))
    assert [step for step in range(10) if items.exists(states.key(step))] == [6]
    assert calls == [3, 6]


def test_the_newest_state_that_is_not_too_late_is_resumed():
    states = States("run", every=3)
    learning = fresh()
    advance(learning, 3)
    states.keep(learning, lambda: None)
    resumed = fresh()
    states.resume(resumed, total=5)
    assert resumed.step == 3
    assert torch.equal(resumed.module.weight, learning.module.weight)
    early = fresh()
    states.resume(early, total=2)
    assert early.step == 0


def test_states_of_another_run_are_not_touched():
    learning = fresh()
    advance(learning, 3)
    States("one", every=3).keep(learning, lambda: None)
    other = fresh()
    States("two", every=3).resume(other, total=3)
    assert other.step == 0
