"""Cells of the orientation benchmark: which there are, in which order, and how one is filled."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from tasks.base import schedule, training
from tasks.base.training import Training
from tasks.core import items
from tasks.orientation.arms.arm import Draw
from tasks.orientation.metrics.comparison import METRICS, distance, floor
from tests.benchmarks import orientation_arms as arms
from tests.benchmarks import orientation_data as sets

BUDGETS = {"quick": 50, "middle": 250, "long": 1000}
"""Updates."""
NOISY, RATE, WARM_UP, AVERAGING = 16, 4e-3, 20, 0.99
SAMPLES, EVALUATIONS, FLOORS = 64, (100, 20), 8
STATE = 100
"""Updates between two states of a training."""
SETTING: dict[str, Any] = {
    "body": asdict(arms.BODY),
    "updates": BUDGETS,
    "noisy pictures an update": NOISY,
    "rate": RATE,
    "warm-up": WARM_UP,
    "averaging": AVERAGING,
    "samples": SAMPLES,
    "evaluations": EVALUATIONS,
    "crops": [sets.LEARNED, sets.HELD_OUT, sets.SIZE],
}


@dataclass(frozen=True)
class Cell:
    """One training."""

    data: str
    arm: str
    seed: int
    budget: str

    def __str__(self) -> str:
        return f"{self.budget}, {self.data}, {self.arm}, seed {self.seed}"

    def state(self, keep: Path) -> Path:
        """Return the folder of its training's newest state."""
        return keep / "states" / items.key(SETTING, asdict(self))


class OutOfTimeError(Exception):
    """The training was cut, its state kept."""


def order(data: Sequence[str], seeds: int) -> Iterator[Cell]:
    """Yield every cell, what matters most first: seed by seed, set by set, both budgets of a set
    one after the other; the sweep after the comparisons of the first seed.
    """
    for seed in range(seeds):
        for name in data:
            for budget in ("long", "quick"):
                yield from (Cell(name, arm, seed, budget) for arm in arms.ARMS)
        if seed == 0:
            names = [*arms.BESIDE, *arms.SWEEP]
            yield from (Cell(sets.PRINTS, arm, seed, "middle") for arm in names)


def fill(cell: Cell, folders: sets.Place, late: Callable[[], bool]) -> dict[str, Any]:
    """Return the figures of a cell: CPU seconds, floors, and the distances by way of drawing.

    Raises:
        OutOfTimeError: it was `late`.
    """
    learned, held_out = sets.load(cell.data, folders)
    arm = arms.build(cell.arm, learned)
    network, seconds = train(arm, learned, cell, folders.keep, late)
    real = {name: metric.describe(held_out) for name, metric in METRICS.items()}
    rng = np.random.default_rng(cell.seed)
    floors = {
        name: float(floor(metric, real[name], SAMPLES, FLOORS, rng).mean())
        for name, metric in METRICS.items()
    }
    figures: dict[str, Any] = {"train": round(seconds, 1), "floor": _rounded(floors), "drawn": {}}
    for label, way in arms.samplers(cell.arm, arm):
        for evaluations in EVALUATIONS:
            pictures = draw(way, network, evaluations, cell.seed)
            found = {"deviation": float(pictures.std() * 2 / 255)}
            for name, metric in METRICS.items():
                found[name] = distance(metric, metric.describe(pictures), real[name])
            figures["drawn"][f"{label} {evaluations}"] = _rounded(found)
    return figures


def train(
    arm: Any, learned: np.ndarray, cell: Cell, keep: Path, late: Callable[[], bool]
) -> tuple[torch.nn.Module, float]:
    """Return the averaged network after the cell's updates, from its last state on, and the CPU
    seconds that all updates took.
    """
    torch.manual_seed(cell.seed)
    learning = Training(arm.build(arms.BODY, 1).train(), AVERAGING)
    folder, draft = cell.state(keep), cell.state(keep) / "draft"
    draft.mkdir(parents=True, exist_ok=True)
    if (folder / training.FILE).is_file():
        training.load(learning, folder)
    first, total = learning.step, BUDGETS[cell.budget]
    pictures = torch.from_numpy(learned)[:, None]

    def loss(generator: torch.Generator) -> torch.Tensor:
        count = NOISY // arms.draws(arm)
        chosen = torch.randint(len(pictures), (count,), generator=generator)
        return arm.loss(learning.module, pictures[chosen], generator)

    plan, start = schedule.over(total, rate=RATE, warm_up=WARM_UP), time.process_time()
    for _ in training.steps(learning, loss, plan, seed=cell.seed, name="benchmark"):
        if learning.step % STATE == 0:
            training.save(learning, draft)
            (draft / training.FILE).replace(folder / training.FILE)
            if learning.step < total and late():
                raise OutOfTimeError
    seconds = time.process_time() - start
    return learning.average.eval(), seconds * total / max(1, total - first)


@torch.inference_mode()
def draw(way: Any, network: torch.nn.Module, evaluations: int, seed: int) -> np.ndarray:
    """Return samples, the same noise for every arm of one kind."""
    wanted = Draw((SAMPLES, 1, sets.SIZE, sets.SIZE), evaluations)
    return way.sample(network, wanted, torch.Generator().manual_seed(seed))[:, 0].numpy()


def _rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 5) for name, value in values.items()}
