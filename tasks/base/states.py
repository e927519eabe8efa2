"""States of a training in the item store: the newest one is where a cut training goes on."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tasks.base import training
from tasks.base.training import Training
from tasks.core import items


@dataclass(frozen=True)
class States:
    """The states of the run `run`, one every `every` steps, of which the newest alone is kept."""

    run: str
    every: int

    def key(self, step: int) -> str:
        """Return the key of the state after `step` steps."""
        return items.key(self.run, "state", step)

    def resume(self, learning: Training, total: int) -> None:
        """Bring `learning` to the newest state at or below `total` steps, if there is one."""
        for step in range(total - total % self.every, 0, -self.every):
            if items.exists(self.key(step)):
                training.load(learning, items.path(self.key(step)))
                return

    def keep(self, learning: Training, before: Callable[[], object]) -> None:
        """Write the state if one is due, after `before()`, and drop the state before it."""
        step = learning.step
        if step == 0 or step % self.every:
            return

        def write(folder: Path) -> None:
            before()
            training.save(learning, folder)

        items.produce(self.key(step), write)
        items.discard(self.key(step - self.every))
