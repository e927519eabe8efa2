"""The tables of the orientation benchmark, in Markdown: rows are ways of drawing from arms."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

DIGITS = 3
Cells = Sequence[Mapping[str, Any]]


def table(cells: Cells, metrics: Sequence[str]) -> str:
    """Return one table a budget and data set: means over the seeds, with the deviation where there
    are several; CPU seconds of the training before them, floors last.
    """
    parts = []
    for budget, data in dict.fromkeys((cell["budget"], cell["data"]) for cell in cells):
        mine = [cell for cell in cells if (cell["budget"], cell["data"]) == (budget, data)]
        head = ["arm, sampler, evaluations", "seeds", "s", *metrics, "deviation"]
        parts.append(f"{budget}, {data}\n\n{markdown([head, *_rows(mine, metrics)])}\n")
    return "\n".join(parts)


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as a table, the first its head."""
    ruled = [rows[0], ["---"] * len(rows[0]), *rows[1:]]
    return "\n".join(f"| {' | '.join(row)} |" for row in ruled)


def _rows(cells: Cells, metrics: Sequence[str]) -> Iterator[list[str]]:
    found: dict[str, list[Mapping[str, float]]] = defaultdict(list)
    for cell in cells:
        for way, figures in cell["drawn"].items():
            name = f"{cell['arm']}, {way.replace(' ', ', ')}"
            found[name].append({**figures, "train": cell["train"]})
    for name, each in found.items():
        seconds = f"{np.mean([one['train'] for one in each]):.0f}"
        columns = [_cell([one[column] for one in each]) for column in (*metrics, "deviation")]
        yield [name, str(len(each)), seconds, *columns]
    floors = list({cell["seed"]: cell["floor"] for cell in cells}.values())
    yield ["floor", "", "", *(_cell([one[name] for one in floors]) for name in metrics), ""]


def _cell(values: Sequence[float]) -> str:
    mean = f"{np.mean(values):.{DIGITS}f}"
    return mean if len(values) < 2 else f"{mean} ± {np.std(values, ddof=1):.{DIGITS}f}"
