"""Plots of the training and of the structure metrics, as PNG files with the same bytes every time.

Each plot is drawn twice, for a light page and for a dark one; `save` strips what Matplotlib would
write about itself.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float, Int

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Theme:
    """The colours of a plot: what is behind it, what is written, what is faint, and the series."""

    suffix: str
    paper: str
    ink: str
    faint: str
    series: tuple[str, ...]


LIGHT = Theme(
    "light", "#ffffff", "#1d2430", "#d9dde5", ("#2f6fb2", "#c8612b", "#4a8f5b", "#8a5aa8")
)
DARK = Theme("dark", "#161b24", "#e4e8ef", "#333c4b", ("#7ab0ea", "#f0985f", "#7cc48e", "#c79be0"))
THEMES = (LIGHT, DARK)
DOTS = 150
"""Dots an inch."""

Draw = Callable[["Figure", Theme], None]


def save(folder: Path, name: str, size: tuple[float, float], draw: Draw) -> None:
    """Write `<name>-light.png` and `<name>-dark.png`, `size` in inches."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    for theme in THEMES:
        with rc_context(_style(theme)):  # pyright: ignore[reportArgumentType]
            figure = Figure(figsize=size, layout="constrained")
            FigureCanvasAgg(figure)
            draw(figure, theme)
            figure.savefig(
                folder / f"{name}-{theme.suffix}.png", dpi=DOTS, metadata={"Software": None}
            )


def _style(theme: Theme) -> dict[str, Any]:
    return {
        "font.family": "DejaVu Sans",
        "font.size": 9,
        "figure.facecolor": theme.paper,
        "savefig.facecolor": theme.paper,
        "axes.facecolor": theme.paper,
        "axes.edgecolor": theme.faint,
        "axes.labelcolor": theme.ink,
        "axes.titlecolor": theme.ink,
        "axes.titlesize": 10,
        "axes.titlelocation": "left",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": False,
        "text.color": theme.ink,
        "xtick.color": theme.ink,
        "ytick.color": theme.ink,
        "grid.color": theme.faint,
        "legend.frameon": False,
        "lines.linewidth": 1.8,
    }


def learning_curves(
    quantization: Float[np.ndarray, " step"],
    topographic: Float[np.ndarray, " step"],
    sigma: Float[np.ndarray, " step"],
) -> Draw:
    """Return a drawing of the map's two errors and of the neighbourhood's width by epoch."""

    def draw(figure: "Figure", theme: Theme) -> None:
        epoch = np.arange(1, len(quantization) + 1)
        rows = (
            ("quantization error", quantization),
            ("topographic error", topographic),
            ("σ of the neighbourhood, nodes", sigma),
        )
        for axes, (title, values), colour in zip(
            figure.subplots(1, 3), rows, theme.series, strict=False
        ):
            axes.plot(epoch, values, color=colour, marker="o", markersize=3)
            axes.set(title=title, xlabel="epoch", ylim=(0, float(values.max()) * 1.08 or 1))
            axes.grid(axis="y")

    return draw


def u_matrix(
    distance: Float[np.ndarray, "row col"],
    cluster: Int[np.ndarray, "row col"],
    seat: Int[np.ndarray, "row col axis"],
) -> Draw:
    """Return a drawing of the U-matrix, with the borders between basins as lines and their seats
    as dots.
    """

    def draw(figure: "Figure", theme: Theme) -> None:
        axes = figure.subplots()
        image = axes.imshow(distance, cmap="cividis", interpolation="nearest")
        for line in borders(cluster):
            axes.plot(*line, color="white", linewidth=1.2, solid_capstyle="butt")
        bottoms = np.unique(seat.reshape(-1, 2), axis=0)
        axes.scatter(
            bottoms[:, 1],
            bottoms[:, 0],
            s=14,
            color=theme.series[1],
            edgecolor="white",
            linewidth=0.6,
        )
        axes.set(xticks=[], yticks=[])
        axes.set_title(f"U-matrix and its {len(bottoms)} basins")
        axes.spines[:].set_visible(False)
        bar = figure.colorbar(image, ax=axes, shrink=0.8, label="distance to the neighbours")
        bar.outline.set_visible(False)  # pyright: ignore[reportCallIssue]

    return draw


def borders(cluster: Int[np.ndarray, "row col"]) -> list[tuple[list[float], list[float]]]:
    """Return the line pieces (x, y) between neighbouring nodes of different basins."""
    right = np.argwhere(cluster[:, 1:] != cluster[:, :-1]).tolist()
    below = np.argwhere(cluster[1:] != cluster[:-1]).tolist()
    upright = [([col + 0.5] * 2, [row - 0.5, row + 0.5]) for row, col in right]
    return upright + [([col - 0.5, col + 0.5], [row + 0.5] * 2) for row, col in below]


def curve(
    step: Sequence[int], series: Mapping[str, Sequence[float]], *, xlabel: str, ylabel: str
) -> Draw:
    """Return a drawing of several figures over the steps of a training."""

    def draw(figure: "Figure", theme: Theme) -> None:
        axes = figure.subplots()
        for position, (name, values) in enumerate(series.items()):
            turn, place = divmod(position, len(theme.series))
            (line,) = axes.plot(step, values, color=theme.series[place], label=name)
            line.set(linestyle=("-", "--", ":")[turn % 3], marker="o", markersize=3)
        axes.set(xlabel=xlabel, ylabel=ylabel)
        axes.grid(axis="y")
        axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))

    return draw


def bars(
    table: Mapping[str, Mapping[str, Mapping[str, float]]],
    metrics: Mapping[str, str],
    *,
    lower: frozenset[str],
) -> Draw:
    """Return a drawing with a panel per metric, a row per mode and a bar per set.

    `table` holds the figures by set, mode and metric, `metrics` says how each metric is written,
    and `lower` names those that are errors.
    """

    def draw(figure: "Figure", theme: Theme) -> None:
        modes = list(dict.fromkeys(mode for modes in table.values() for mode in modes))
        panels = np.ravel(figure.subplots(2, -(-len(metrics) // 2), sharey=True))
        for axes, (metric, written) in zip(panels, metrics.items(), strict=False):
            _panel(axes, table, modes, metric, theme)
            axes.set_title(f"{written} (lower is better)" if metric in lower else written)
        panels[0].set_yticks(range(len(modes)), modes)
        panels[0].invert_yaxis()
        for axes in panels[len(metrics) :]:
            axes.set_axis_off()
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)

    return draw


def _panel(
    axes: Any,
    table: Mapping[str, Mapping[str, Mapping[str, float]]],
    modes: Sequence[str],
    metric: str,
    theme: Theme,
) -> None:
    height = 0.8 / max(len(table), 1)
    for position, (name, figures) in enumerate(table.items()):
        values = [figures.get(mode, {}).get(metric, np.nan) for mode in modes]
        place = np.arange(len(modes)) + (position - (len(table) - 1) / 2) * height
        axes.barh(
            place,
            values,
            height * 0.9,
            color=theme.series[position % len(theme.series)],
            label=name,
        )
    axes.grid(axis="x")
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
