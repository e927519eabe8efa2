"""Tables of figures for the page; the best figure of each column is marked."""

from collections.abc import Collection, Mapping, Sequence

from tasks.evaluation.labels import label
from tasks.evaluation.page import Cell, Table

Rows = Mapping[str, Mapping[str, float | None]]


def table(
    title: str,
    corner: str,
    rows: Rows,
    *,
    labels: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
    lower: Collection[str] = (),
    unranked: Collection[str] = (),
    ranked: Collection[str] | None = None,
) -> Table:
    """Return the table with a row per entry of `rows` and a column per figure.

    `labels` write the columns and `names` the rows; the best of a column is its largest figure, or
    its smallest where `lower` has the column. Rows in `unranked` compete for no mark, and columns
    outside `ranked` (all, when None) carry none.
    """
    columns = list(dict.fromkeys(column for row in rows.values() for column in row))
    marks = {
        column: _best(rows, column, column in lower, unranked)
        for column in columns
        if ranked is None or column in ranked
    }
    return Table(
        title,
        corner,
        [label(column, labels) for column in columns],
        [
            (
                label(name, names),
                [
                    _cell(row.get(column), marks.get(column), name in unranked)
                    for column in columns
                ],
            )
            for name, row in rows.items()
        ],
    )


def number(value: float | None) -> str:
    """Return the figure with about three significant digits, "–" for none.

    >>> number(0.98765), number(5.4321), number(12.3456), number(0.00123), number(None)
    ('0.988', '5.43', '12.3', '0.00123', '–')
    """
    if value is None:
        return "–"
    if value and abs(value) < 0.01:
        return f"{value:.3g}"
    decimals = 1 if abs(value) >= 10 else 2 if abs(value) > 1 else 3
    return f"{value:.{decimals}f}"


def pairs(
    figures: Mapping[str, float | None], names: Sequence[str], labels: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Return the figures `names`, those that are there, as written name and value."""
    return [
        (label(name, labels), number(figures[name]))
        for name in names
        if figures.get(name) is not None
    ]


def _best(rows: Rows, column: str, lower: bool, unranked: Collection[str]) -> float | None:
    values = [row.get(column) for name, row in rows.items() if name not in unranked]
    found = [value for value in values if value is not None]
    if len(found) < 2:
        return None
    return min(found) if lower else max(found)


def _cell(value: float | None, best: float | None, unranked: bool) -> Cell:
    text = number(value)
    return Cell(
        text, best=value is not None and best is not None and not unranked and text == number(best)
    )
