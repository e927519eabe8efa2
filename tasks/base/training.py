"""Training: a generator of steps, with averaged weights, and states from which it goes on exactly.

The batch, the noise and every other draw of step k come from a generator seeded by the run's seed
and k alone, so a training needs no memory but its weights, their averages and the optimiser's
moments: a state of these resumes where it was cut, to the last bit.

The average θ̄ ← β θ̄ + (1 − β) θ with β = min(decay, (1 + k)/(10 + k)) is what is kept in the end;
the early, smaller β forgets the random start.
"""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from tasks.core.random import torch_generator

Loss = Callable[[torch.Generator], Tensor]


class Rates(Protocol):
    """A schedule: the learning rate of each of `total` steps, counted from 0."""

    @property
    def total(self) -> int: ...  # noqa: D102 - said above

    def __call__(self, step: int) -> float: ...  # noqa: D102 - said above


BETAS = (0.9, 0.98)
WEIGHT_DECAY = 0.01
CLIP = 1.0
FILE = "training.safetensors"


@dataclass
class Training:
    """A module that learns: its weights, their average, the optimiser, and the losses so far."""

    module: nn.Module
    averaging: float
    losses: list[float] = field(default_factory=list)
    average: nn.Module = field(init=False)
    optimizer: torch.optim.AdamW = field(init=False)

    def __post_init__(self) -> None:
        self.average = copy.deepcopy(self.module).requires_grad_(False)
        learning = [weight for weight in self.module.parameters() if weight.requires_grad]
        self.optimizer = torch.optim.AdamW(
            learning, betas=BETAS, weight_decay=WEIGHT_DECAY, fused=True
        )

    @property
    def step(self) -> int:
        """Return the number of steps done."""
        return len(self.losses)


def steps(
    training: Training, loss: Loss, schedule: Rates, *, seed: int, name: str
) -> Iterator[float]:
    """Yield the loss of every step from `training.step` to the schedule's total, each yielded
    after its update.
    """
    while training.step < schedule.total:
        generator = torch_generator(seed, name, training.step)
        yield advance(training, loss, schedule(training.step), generator)


def advance(training: Training, loss: Loss, rate: float, generator: torch.Generator) -> float:
    """Make one step at learning rate `rate` and return its loss; a loss may have accumulated
    gradients of its earlier parts already.
    """
    for group in training.optimizer.param_groups:
        group["lr"] = rate
    training.optimizer.zero_grad(set_to_none=True)
    value = loss(generator)
    value.backward()
    nn.utils.clip_grad_norm_(training.module.parameters(), CLIP)
    training.optimizer.step()
    training.losses.append(float(value.detach()))
    _average(training)
    return training.losses[-1]


@torch.no_grad()
def _average(training: Training) -> None:
    keep = min(training.averaging, (1 + training.step) / (10 + training.step))
    pairs = zip(training.average.parameters(), training.module.parameters(), strict=True)
    for mean, weight in pairs:
        if weight.requires_grad:
            mean.lerp_(weight, 1 - keep)


def save(training: Training, folder: Path) -> None:
    """Write the state of `training` into `folder`."""
    losses = torch.tensor(training.losses, dtype=torch.float64)
    save_file({"losses": losses, **_tensors(training)}, folder / FILE)


def load(training: Training, folder: Path) -> None:
    """Take over the state in `folder`, written by a training of the same sizes."""
    stored = load_file(folder / FILE)
    training.module.load_state_dict(_part(stored, "module"))
    training.average.load_state_dict(_part(stored, "average"))
    moments = _part(stored, "moment")
    state = training.optimizer.state_dict()
    indices = [index for group in state["param_groups"] for index in group["params"]]
    state["state"] = {
        index: {kind: moments[f"{index}.{kind}"] for kind in ("step", "exp_avg", "exp_avg_sq")}
        for index in indices
        if f"{index}.step" in moments
    }
    training.optimizer.load_state_dict(state)
    training.losses[:] = stored["losses"].tolist()


def _tensors(training: Training) -> dict[str, Tensor]:
    groups = {"module": training.module, "average": training.average}
    named = {
        f"{group}/{name}": value
        for group, module in groups.items()
        for name, value in module.state_dict().items()
    }
    for index, moments in training.optimizer.state_dict()["state"].items():
        named |= {f"moment/{index}.{kind}": value for kind, value in moments.items()}
    return {name: value.contiguous().clone() for name, value in named.items()}


def _part(stored: dict[str, Tensor], group: str) -> dict[str, Tensor]:
    parted = {name: name.partition("/") for name in stored}
    return {inner: stored[name] for name, (first, _, inner) in parted.items() if first == group}
