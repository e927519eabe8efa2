"""What the orientation benchmark says: our arms against the best isotropic ones, and what coupling
contributes.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from tests.benchmarks import orientation_arms as arms
from tests.benchmarks.orientation_table import Cells, markdown

METRICS = ("patches", "coherence")
OURS = ("ours", "planned", "hybrid")
MANY, FEW = "100", "20"
GENERAL, ROOM = "general", 1.1
"""The set of photographs, where it is enough to be near the best."""
COUPLED = ("ours", "coupled locally")
ALL = ("patches", "spectrum", "coherence", "coherence_median", "alignment", "intensity")

Figures = Mapping[tuple[str, str, str], Mapping[str, list[float]]]


def goals(cells: Cells) -> list[str]:
    """Return two tables: ratios of our distances to the least isotropic one, below 1 where ours is
    less, and how often the coupled arm is nearer than the uncoupled one.
    """
    head = ["budget, set", "arm, sampler", "seeds"]
    head += [f"{metric}, {when}" for when in ("100", "20", "20 to 100") for metric in METRICS]
    return [
        "Ratio to the least distance of an isotropic arm at as many evaluations; last, at 20 to "
        "the least at 100.\n",
        markdown([[*head, "holds"], *_ratios(cells)]) + "\n",
        "Pairs (seed, sampler, evaluations) in which the coupled arm is nearer than the uncoupled "
        "one, and the geometric mean of the ratio of their distances.\n",
        markdown([["budget, set", "arm", "pairs", *ALL], *_coupling(cells)]),
    ]


def _ratios(cells: Cells) -> Iterator[list[str]]:
    for budget, data in dict.fromkeys((cell["budget"], cell["data"]) for cell in cells):
        found = _gathered(cells, budget, data)
        for arm, way, evaluations in found:
            if arm in OURS and evaluations == MANY:
                yield from _row(found, (arm, way), f"{budget}, {data}", data == GENERAL)


def _row(found: Figures, ours: tuple[str, str], label: str, general: bool) -> Iterator[list[str]]:
    pairs = [(MANY, MANY), (FEW, FEW), (FEW, MANY)]
    ratios = []
    for mine, theirs in pairs:
        for metric in METRICS:
            best = [
                float(np.mean(figures[metric]))
                for (arm, _, evaluations), figures in found.items()
                if arm in arms.ISOTROPIC and evaluations == theirs
            ]
            if not best:
                return
            ratios.append(float(np.mean(found[*ours, mine][metric])) / min(best))
    bound = ROOM if general else 1.0
    held = [all(each < bound for each in ratios[at : at + 2]) for at in (0, 2, 4)]
    verdict = ", ".join("yes" if each else "no" for each in held)
    seeds = str(len(found[*ours, MANY][METRICS[0]]))
    yield [label, ", ".join(ours), seeds, *(f"{each:.2f}" for each in ratios), verdict]


def _gathered(cells: Cells, budget: str, data: str) -> Figures:
    """Return the figures by (arm, sampler, evaluations), then by metric, one a seed."""
    found: dict[tuple[str, str, str], dict[str, list[float]]] = {}
    for cell in cells:
        if (cell["budget"], cell["data"]) == (budget, data):
            for name, figures in cell["drawn"].items():
                way, evaluations = name.split()
                mine = found.setdefault((cell["arm"], way, evaluations), defaultdict(list))
                for metric, value in figures.items():
                    mine[metric].append(value)
    return found


def _coupling(cells: Cells) -> Iterator[list[str]]:
    at = {(each["budget"], each["data"], each["arm"], each["seed"]): each for each in cells}
    for budget, data in dict.fromkeys((cell["budget"], cell["data"]) for cell in cells):
        for arm in COUPLED:
            logs: dict[str, list[float]] = defaultdict(list)
            for (*place, name, seed), cell in at.items():
                other = at.get((budget, data, "uncoupled", seed))
                if [*place, name] == [budget, data, arm] and other:
                    _compare(cell, other, logs)
            if logs:
                cellwise = [
                    f"{sum(value < 0 for value in logs[metric])}, "
                    f"{np.exp(np.mean(logs[metric])):.2f}"
                    for metric in ALL
                ]
                yield [f"{budget}, {data}", arm, str(len(logs[ALL[0]])), *cellwise]


def _compare(
    cell: Mapping[str, Any], other: Mapping[str, Any], logs: dict[str, list[float]]
) -> None:
    for way, figures in cell["drawn"].items():
        for metric in ALL:
            logs[metric].append(float(np.log(figures[metric] / other["drawn"][way][metric])))
