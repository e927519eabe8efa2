r"""The crew: processes that share one training, as `accelerate launch` starts them.

    accelerate launch --multi_gpu --num_processes 2 --module flows.controlnet

The unit is the batch. `accumulation` of them make a step; each process draws all of them, computes
the gradients of its own, batch k being that of process k mod n, and all add up the gradients

    g ← g_0 + g_1 + …       in the order of the batches, whoever computed them,

so that every process makes the same step, and any number of them makes the step that one alone
makes: to the same bytes where their machines compute alike. That is why gradients are gathered and
added, and not reduced on their way, which would add them in another order each time.

The first process does all that one alone does; the others wait for its word, see the same item
store, and write nothing.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

import torch
from torch import Tensor, nn

from tasks.core.errors import InputError

PATIENCE = timedelta(days=7)
"""How long processes wait for each other; that one has died its launcher sees."""


@dataclass(frozen=True)
class Crew:
    """`size` processes, of which this is number `rank`."""

    rank: int = 0
    size: int = 1

    @property
    def first(self) -> bool:
        """Return whether this process leads: it keeps states and snapshots."""
        return self.rank == 0

    def check(self, batches: int) -> None:
        """Refuse a step of so many batches as do not share out evenly.

        Raises:
            InputError: `batches` is no multiple of the number of processes.
        """
        if batches % self.size:
            raise InputError(
                f"controlnet.accumulation: {batches} batches a step do not share out among "
                f"{self.size} processes; set a multiple (and lower controlnet.batch as much)"
            )

    def word(self, word: str | None = None) -> str | None:
        """Return the first process's word; the others wait for it."""
        if self.size == 1:
            return word
        from accelerate.utils import broadcast_object_list

        return broadcast_object_list([word])[0]

    def gather(self, value: Tensor) -> list[Tensor]:
        """Return `value` of every process, in their order."""
        if self.size == 1:
            return [value.detach()]
        from accelerate.utils import gather

        return list(gather(value.detach()[None].contiguous()))  # pyright: ignore[reportArgumentType]

    def agree(self, step: int) -> None:
        """See to it that all processes stand at the same step.

        Raises:
            InputError: they do not, since they do not see the same states.
        """
        steps = {int(each) for each in self.gather(torch.tensor(step))}
        if len(steps) > 1:
            raise InputError(
                f"items.root: the processes stand at steps {sorted(steps)}; "
                "give a place that all of them see"
            )


class Sum:
    """The gradients of `parameters`, added up over the batches of all processes in order."""

    def __init__(self, crew: Crew, parameters: Iterable[nn.Parameter]) -> None:
        self.crew, self.parameters = crew, list(parameters)
        self.losses: list[float] = []
        self.totals: dict[int, Tensor] = {}

    def add(self, loss: Tensor) -> None:
        """Add this process's batch of loss `loss` and those that the others have at this time."""
        loss.backward()
        self.losses += [float(each) for each in self.crew.gather(loss)]
        if self.crew.size > 1:  # alone, PyTorch adds up in the same order
            self._gather()

    def _gather(self) -> None:
        for number, weight in enumerate(self.parameters):
            if weight.grad is None:
                continue
            for part in self.crew.gather(weight.grad):
                total = self.totals.get(number)
                self.totals[number] = part.clone() if total is None else total.add_(part)
            weight.grad = None

    def whole(self) -> Tensor:
        """Give the parameters the sums for gradients, and return the sum of the losses."""
        for number, total in self.totals.items():
            self.parameters[number].grad = total
        *before, last = self.losses
        value = torch.tensor(last) + sum(before)
        return value.requires_grad_()  # of which nothing is left to derive


def crew(device: str) -> Crew:
    """Return the crew that this process belongs to, on `device`; it waits until all are there."""
    if not launched():
        return Crew()
    from accelerate import PartialState

    threads = torch.get_num_threads()  # which it changes on a CPU, and results with them
    state = PartialState(cpu=device == "cpu", timeout=PATIENCE)
    torch.set_num_threads(threads)
    return Crew(state.process_index, state.num_processes)


def launched() -> bool:
    """Return whether this process is one of several."""
    return int(os.environ.get("WORLD_SIZE", "1")) > 1


def helping() -> bool:
    """Return whether this process is one of several, and not the first."""
    return launched() and int(os.environ.get("RANK", "0")) > 0
