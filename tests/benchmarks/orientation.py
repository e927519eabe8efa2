"""Phases against isotropic diffusion: one harness, one network, one budget, several seeds.

    python -m tests.benchmarks.orientation --json FILE [--data DIR] [--check]
        [--budget quick|long] [--seeds N] [--sweep] [--keep DIR]

Every cell (data set, arm, seed) is trained by the same number of updates of the same network and
drawn from at 100 and at 20 evaluations by each of the arm's samplers. A cell that is done lies in
the folder of `--keep`, and a training leaves its state there, so that the command goes on where it
was cut; `--table` trains nothing and prints what there is. With `--check` the exit status is 1
where a bound of the cost is broken.
"""

import argparse
import json
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from tasks.base import schedule, training
from tasks.base.training import Training
from tasks.orientation.arms.arm import Draw
from tasks.orientation.metrics.comparison import METRICS, distance, floor
from tests.benchmarks import orientation_arms as arms
from tests.benchmarks import orientation_cost as cost
from tests.benchmarks import orientation_data as sets
from tests.benchmarks.orientation_table import table

UPDATES = {"quick": 300, "long": 6000}
BATCH, RATE, WARM_UP, AVERAGING = 16, 4e-3, 40, 0.99
SAMPLES, AT_A_TIME, EVALUATIONS = 64, 32, (100, 20)
STATE = 250
"""Updates between two states of a training."""


@dataclass(frozen=True)
class Cell:
    """One training."""

    data: str
    arm: str
    seed: int
    updates: int

    def file(self, keep: Path) -> Path:
        """Return where its figures lie."""
        return keep / f"{self.updates}" / self.data / f"{self.arm}-{self.seed}.json"

    def state(self, keep: Path) -> Path:
        """Return the folder of its training's newest state."""
        return self.file(keep).with_suffix(".state")


def main() -> None:
    """Fill the cells that are missing, print the table and write the figures."""
    options = _parser().parse_args()
    torch.set_num_threads(1)
    options.keep.mkdir(parents=True, exist_ok=True)
    wanted = list(cells(options))
    if not options.table:
        work(wanted, options)
    found = collected(wanted, options)
    if options.check or not options.table:
        found["cost"] = cost.measure(sets.load("prints", None, options.keep)[0])
        print({name: round(value, 3) for name, value in found["cost"].items()})
    print(table(found["cells"], list(METRICS)))
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")
    sys.exit("\n".join(cost.broken(found["cost"])) or 0 if options.check else 0)


def work(wanted: Sequence[Cell], options: argparse.Namespace) -> None:
    """Fill the cells that are missing, one after the other."""
    for cell in wanted:
        file = cell.file(options.keep)
        if not file.is_file():
            file.parent.mkdir(parents=True, exist_ok=True)
            figures = fill(cell, options)
            draft = file.with_suffix(".tmp")
            draft.write_text(json.dumps(figures) + "\n")
            draft.replace(file)
            shutil.rmtree(cell.state(options.keep), ignore_errors=True)
            print(f"{cell}: {figures['train']:.0f} s", flush=True)


def collected(wanted: Sequence[Cell], options: argparse.Namespace) -> dict[str, Any]:
    """Return the setting and the cells that are there."""
    done = [cell for cell in wanted if cell.file(options.keep).is_file()]
    return {
        "setting": {
            "budget": options.budget,
            "updates": UPDATES[options.budget],
            "batch": BATCH,
            "samples": SAMPLES,
            "seeds": options.seeds,
            "torch": torch.__version__,
            "cells": f"{len(done)} of {len(wanted)}",
        },
        "cells": [
            {
                "data": cell.data,
                "arm": cell.arm,
                "seed": cell.seed,
                **json.loads(cell.file(options.keep).read_text()),
            }
            for cell in done
        ],
    }


def cells(options: argparse.Namespace) -> Iterator[Cell]:
    """Yield every cell, seed by seed, so that a run that is cut leaves whole comparisons."""
    names = [*arms.ARMS, *(arms.SWEEP if options.sweep else ())]
    for seed in range(options.seeds):
        for data in sets.names(options.data):
            for arm in names:
                yield Cell(data, arm, seed, UPDATES[options.budget])


def fill(cell: Cell, options: argparse.Namespace) -> dict[str, Any]:
    """Return the figures of a cell: CPU seconds, floors, and the distances by way of drawing."""
    learned, held_out = sets.load(cell.data, options.data, options.keep)
    arm = arms.build(cell.arm, learned)
    real = {name: metric.describe(held_out) for name, metric in METRICS.items()}
    rng = np.random.default_rng(cell.seed)
    floors = {
        name: float(floor(metric, real[name], SAMPLES, 8, rng).mean())
        for name, metric in METRICS.items()
    }
    start = time.process_time()
    network = train(arm, learned, cell, options.keep)
    figures: dict[str, Any] = {"train": time.process_time() - start, "floor": floors, "drawn": {}}
    for label, way in arms.samplers(cell.arm, arm):
        for evaluations in EVALUATIONS:
            pictures = draw(way, network, evaluations, cell.seed)
            figures["drawn"][f"{label} {evaluations}"] = {
                "deviation": float(pictures.std() * 2 / 255),
                **{
                    name: distance(metric, metric.describe(pictures), real[name])
                    for name, metric in METRICS.items()
                },
            }
    return figures


def train(arm: Any, learned: np.ndarray, cell: Cell, keep: Path) -> torch.nn.Module:
    """Return the averaged network after the cell's updates, from its last state on."""
    torch.manual_seed(cell.seed)
    learning = Training(arm.build(arms.BODY, 1).train(), AVERAGING)
    folder, draft = cell.state(keep), cell.state(keep) / "draft"
    draft.mkdir(parents=True, exist_ok=True)
    if (folder / training.FILE).is_file():
        training.load(learning, folder)
    pictures = torch.from_numpy(learned)[:, None]

    def loss(generator: torch.Generator) -> torch.Tensor:
        chosen = torch.randint(len(pictures), (BATCH,), generator=generator)
        return arm.loss(learning.module, pictures[chosen], generator)

    plan = schedule.over(cell.updates, rate=RATE, warm_up=WARM_UP)
    for _ in training.steps(learning, loss, plan, seed=cell.seed, name="benchmark"):
        if learning.step % STATE == 0:
            training.save(learning, draft)
            (draft / training.FILE).replace(folder / training.FILE)
    return learning.average.eval()


def draw(way: Any, network: torch.nn.Module, evaluations: int, seed: int) -> np.ndarray:
    """Return samples, the same noise for every arm of one kind."""
    drawn = []
    for batch in range(SAMPLES // AT_A_TIME):
        generator = torch.Generator().manual_seed(1000 * seed + batch)
        wanted = Draw((AT_A_TIME, 1, sets.SIZE, sets.SIZE), evaluations)
        drawn.append(way.sample(network, wanted, generator)[:, 0].numpy())
    return np.concatenate(drawn)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, help="where to write the figures")
    parser.add_argument("--data", type=Path, help="folder of the folders of pictures")
    parser.add_argument("--check", action="store_true", help="fail where a bound is broken")
    parser.add_argument("--budget", choices=UPDATES, default="quick")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--sweep", action="store_true", help="vary ρ, τ and K/σ² as well")
    parser.add_argument("--table", action="store_true", help="print what there is")
    parser.add_argument("--keep", type=Path, default=Path(".cache/benchmarks/orientation"))
    return parser


if __name__ == "__main__":
    main()
