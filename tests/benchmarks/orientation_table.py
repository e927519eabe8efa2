"""The table of the orientation benchmark, in Markdown: rows are ways of drawing from arms."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

DIGITS = 3


def table(cells: Sequence[Mapping[str, Any]], metrics: Sequence[str]) -> str:
    """Return one table a data set: means over the seeds, with the deviation where there are
    several; floors last.
    """
    parts = []
    for data in dict.fromkeys(cell["data"] for cell in cells):
        mine = [cell for cell in cells if cell["data"] == data]
        head = ["arm, sampler, evaluations", "seeds", *metrics, "deviation"]
        rows = [head, ["---"] * len(head), *_rows(mine, metrics)]
        lines = "\n".join(f"| {' | '.join(row)} |" for row in rows)
        parts.append(f"{data}\n\n{lines}\n")
    return "\n".join(parts)


def _rows(cells: Sequence[Mapping[str, Any]], metrics: Sequence[str]) -> Iterator[list[str]]:
    found: dict[str, list[Mapping[str, float]]] = defaultdict(list)
    for cell in cells:
        for way, figures in cell["drawn"].items():
            found[f"{cell['arm']}, {way.replace(' ', ', ')}"].append(figures)
    for name, each in found.items():
        columns = [*metrics, "deviation"]
        yield [name, str(len(each)), *(_cell([one[column] for one in each]) for column in columns)]
    floors = list({cell["seed"]: cell["floor"] for cell in cells}.values())
    yield ["floor", "", *(_cell([one[name] for one in floors]) for name in metrics), ""]


def _cell(values: Sequence[float]) -> str:
    mean = f"{np.mean(values):.{DIGITS}f}"
    return mean if len(values) < 2 else f"{mean} ± {np.std(values, ddof=1):.{DIGITS}f}"
