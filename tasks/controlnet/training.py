"""Training: the base model's loop with this objective, quickened new layers, and checkpoints in
the item store.

A state (weights, averages, moments) is kept every few steps, and the newest alone; a snapshot of
the averaged ControlNet is kept at every step of the curve. All random choices of step k come from
a generator named by k, so a run that was cut goes on from the newest state as if nothing had
happened, to the same bytes.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers import ControlNetModel

from tasks.base import training
from tasks.base.training import Training
from tasks.conditioning.model import DiffusionModel
from tasks.controlnet import network, objective, rates
from tasks.controlnet.consistency import Consistency
from tasks.controlnet.crew import Crew, Sum
from tasks.controlnet.objective import Batch, Choices, Examples
from tasks.core import items
from tasks.core.errors import InputError

ALONE = Crew()


@dataclass(frozen=True)
class Rate:
    """How fast the ControlNet learns; see `tasks.controlnet.params`."""

    learning_rate: float
    new_layers_factor: float
    warm_up: int
    averaging: float
    schedule: str = "falling"
    accumulation: int = 1
    precision: str = "float32"


def begin(control: ControlNetModel, rate: Rate) -> Training:
    """Return the training of `control` before its first step."""
    started = Training(control.train(), rate.averaging)
    network.quicken(started.optimizer, network.new_parameters(control), rate.new_layers_factor)
    return started


def learn(
    learning: Training,
    model: DiffusionModel,
    examples: Examples,
    choices: Choices,
    rate: Rate,
    *,
    steps: int,
    seed: int,
    consistency: Consistency | None = None,
    crew: Crew = ALONE,
) -> Iterator[float]:
    """Yield the loss of every step from `learning.step` to `steps`, each yielded after its update;
    the processes of `crew` share the batches.

    Raises:
        InputError: the loss is not finite, or the batches do not share out.
    """
    model.unet.requires_grad_(False)
    crew.check(rate.accumulation)

    def drawn(generator: torch.Generator) -> Batch:
        return objective.draw(examples, choices, model.scheduler, generator)

    def weighed(batch: Batch) -> torch.Tensor:
        network: Any = learning.module
        with _precision(rate.precision, model.unet.device.type):
            value = objective.loss(network, model.unet, model.scheduler, batch, consistency)
        return value / rate.accumulation

    def loss(generator: torch.Generator) -> torch.Tensor:
        whole = Sum(crew, learning.module.parameters())
        for _ in range(rate.accumulation // crew.size):
            batches = [drawn(generator) for _ in range(crew.size)]
            whole.add(weighed(batches[crew.rank]))
        return whole.whole()

    plan = rates.over(rate.schedule, steps, rate=rate.learning_rate, warm_up=rate.warm_up)
    for value in training.steps(learning, loss, plan, seed=seed, name="controlnet"):
        if not math.isfinite(value):
            raise InputError(
                f"controlnet.learning_rate: the loss is {value} at step {learning.step}; lower it"
            )
        yield value


def _precision(name: str, device: str) -> AbstractContextManager[Any]:
    """Return where the loss is computed: in `name`, the weights themselves staying float32."""
    if name == "float32":
        return nullcontext()
    return torch.autocast(device, dtype=getattr(torch, name))


@dataclass(frozen=True)
class Checkpoints:
    """The checkpoints of the run `run`: a state every `every` steps, a snapshot at each step of
    `curve`.
    """

    run: str
    every: int
    curve: Sequence[int]

    def state(self, step: int) -> str:
        """Return the key of the state after `step` steps."""
        return items.key(self.run, "state", step)

    def snapshot(self, step: int) -> str:
        """Return the key of the averaged ControlNet after `step` steps, as `save_pretrained`
        writes it.
        """
        return items.key(self.run, "snapshot", step)

    def resume(self, learning: Training, steps: int) -> None:
        """Bring `learning` to the newest state at or below `steps` whose earlier snapshots are all
        there.
        """
        for step in range(steps - steps % self.every, 0, -self.every):
            earlier = [self.snapshot(point) for point in self.curve if point <= step]
            if items.exists(self.state(step)) and all(map(items.exists, earlier)):
                training.load(learning, items.path(self.state(step)))
                return

    def keep(self, learning: Training) -> None:
        """Write what is due at this step of `learning`, and drop the state before."""
        step = learning.step
        if step in self.curve:
            items.produce(self.snapshot(step), lambda folder: _save_average(learning, folder))
        if step and step % self.every == 0:
            items.produce(self.state(step), lambda folder: training.save(learning, folder))
            items.discard(self.state(step - self.every))


def _save_average(learning: Training, folder: Path) -> None:
    learning.average.save_pretrained(folder)  # pyright: ignore[reportCallIssue]
