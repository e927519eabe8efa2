"""All that was found, as the page shows it: arrays, figures and where the clips lie."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int, UInt8

from tasks.evaluation.gates import Verdict

Pictures = UInt8[np.ndarray, "picture y x 3"]
Figures = Mapping[str, float]


@dataclass(frozen=True, eq=False)
class MapFindings:
    """The trained map: its nodes' colours, its U-matrix with the basins, and its learning."""

    colours: UInt8[np.ndarray, "row col 3"]
    u_matrix: Float[np.ndarray, "row col"]
    cluster: Int[np.ndarray, "row col"]
    seat: Int[np.ndarray, "row col axis"]
    sigma: Float[np.ndarray, " step"]
    quantization_error: Float[np.ndarray, " step"]
    topographic_error: Float[np.ndarray, " step"]

    def epochs(self) -> list[dict[str, float]]:
        """Return the figures of each epoch."""
        names = ("sigma", "quantization_error", "topographic_error")
        rows = zip(*(getattr(self, name).tolist() for name in names), strict=True)
        return [
            {"epoch": epoch, **dict(zip(names, row, strict=True))}
            for epoch, row in enumerate(rows, start=1)
        ]


@dataclass(frozen=True, eq=False)
class SetFindings:
    """One set of held-out pictures: those that are shown, their impressions, what each mode
    painted under them, and the mean figures of each mode over all pictures of the set, `size` in
    number.
    """

    name: str
    size: int
    sources: Pictures
    maps: Float[np.ndarray, "picture channel row col"]
    painted: Mapping[str, Pictures]
    figures: Mapping[str, Figures]


@dataclass(frozen=True)
class ClipFindings:
    """One photograph in motion: the folder of its clips, and the figures of each variant."""

    name: str
    caption: str
    folder: Path
    figures: Mapping[str, Figures]


@dataclass(frozen=True, eq=False)
class Findings:
    """Everything. `curve` holds the figures of the ControlNet's checkpoints, each with its `step`,
    `best` is the step of the one that was kept; `grid` pairs photographs with their view.
    """

    som: MapFindings
    channels: Sequence[str]
    sets: Sequence[SetFindings]
    grid: tuple[Pictures, Pictures]
    curve: Sequence[Mapping[str, float]]
    best: int
    clips: Sequence[ClipFindings]
    verdicts: Sequence[Verdict]
