"""Phases against isotropic diffusion: one harness, one network, equal work, several seeds.

    python -m tests.benchmarks.orientation --json FILE [--data DIR] [--minutes N] [--seeds 3]
        [--table] [--page PAGE] [--check]

Every cell (budget, data set, arm, seed) is a training of the same network by the same number of
updates, and samples at 100 and at 20 evaluations by each of the arm's samplers. In every update 16
noisy pictures go through the network: an arm whose target takes five noisy pictures of each gets
three. The long budget has 20 times the updates of the quick one; ρ, τ_T and K/σ² are swept at one
in between, on prints. The arm that plans trains a second network of a quarter of the pixels beside
the first, within the same updates and evaluations.

FILE is where a run goes on: cells that are in it are not done again, each new one is written as
soon as it is there, what matters most first, and a training that is cut leaves its state in the
folder of `--keep`. With `--minutes` the run ends by itself. `--table` trains nothing and prints
what there is; with `--page` the tables also replace what stands between the marks in a page. With
`--check` the cost of a step alone is measured, and the exit status is 1 where a bound is broken.
"""

import argparse
import shutil
import sys
import time
from pathlib import Path

import torch

from tasks.core.errors import InputError
from tasks.orientation.metrics.comparison import METRICS
from tests.benchmarks import orientation_cells as cells
from tests.benchmarks import orientation_cost as cost
from tests.benchmarks import orientation_data as sets
from tests.benchmarks import orientation_store as store
from tests.benchmarks.orientation_goals import goals
from tests.benchmarks.orientation_table import table

MARKS = "<!-- figures -->", "<!-- end of figures -->"
"""Between which a page has the tables."""


def main() -> None:
    """Fill the cells that are missing, print the tables and the goals."""
    options = _parser().parse_args()
    torch.set_num_threads(1)
    try:
        status = _run(options)
    except InputError as error:
        sys.exit(str(error))
    sys.exit(status)


def _run(options: argparse.Namespace) -> str | int:
    place = sets.Place(options.data, options.keep)
    found = store.read(options.json)
    if options.check:
        found["cost"] = cost.measure(sets.load(sets.PRINTS, place)[0])
        store.write(options.json, found)
        print({name: round(value, 3) for name, value in found["cost"].items()})
        return "\n".join(cost.broken(found["cost"])) or 0
    names = sets.names(options.data)
    wanted = list(cells.order(names, options.seeds))
    if not options.table:
        store.check(options.json, found, {name: sets.digest(name, place) for name in names})
        _work(wanted, found, options, place)
    count = f"Cells: {len(found['cells'])}; missing: {len(store.missing(found, wanted))}."
    parts = [count, table(found["cells"], list(METRICS)), *goals(found["cells"])]
    text = "\n\n".join(part.strip() for part in parts)
    print(text)
    if options.page:
        _insert(text, options.page)
    return 0


def _work(
    wanted: list[cells.Cell], found: store.Found, options: argparse.Namespace, place: sets.Place
) -> None:
    """Fill the cells that are missing, one after the other, until the time is over."""
    end = time.monotonic() + 60 * options.minutes

    def late() -> bool:
        return time.monotonic() > end

    for cell in store.missing(found, wanted):
        if late():
            return
        start = time.monotonic()
        try:
            figures = cells.fill(cell, place, late)
        except cells.OutOfTimeError:
            return
        store.add(found, cell, figures)
        store.write(options.json, found)
        shutil.rmtree(cell.state(options.keep), ignore_errors=True)
        print(f"{cell}: {time.monotonic() - start:.0f} s", flush=True)


def _insert(text: str, page: Path) -> None:
    """Put the text between the marks in the page."""
    before, start, rest = page.read_text().partition(MARKS[0])
    _, end, after = rest.partition(MARKS[1])
    if not start or not end:
        raise InputError(f"{page}: no place for figures; mark it by {MARKS[0]} and {MARKS[1]}")
    page.write_text(f"{before}{start}\n\n{text}\n\n{end}{after}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, help="the figures; those in it are gone on from")
    parser.add_argument("--data", type=Path, help="folder of the folders of pictures")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="then end")
    parser.add_argument("--check", action="store_true", help="the cost of a step, with its bounds")
    parser.add_argument("--table", action="store_true", help="print what there is")
    parser.add_argument("--page", type=Path, help="a page with marks for the tables")
    parser.add_argument("--keep", type=Path, default=Path(".cache/benchmarks/orientation"))
    return parser


if __name__ == "__main__":
    main()
