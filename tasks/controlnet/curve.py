"""The curve: structure fidelity against training steps. Of all checkpoints the one with the most
structure is kept.

The loss says next to nothing about control: it falls smoothly while the pictures begin, within a
few dozen steps, to follow the map. So the training is judged by what it is for. At each checkpoint
pictures are painted under the maps of held-out pictures, their impressions are extracted again,
and

    structure = ½ (correlation of luma + correlation of edge),

the mean over pictures, chooses the checkpoint. Other held-out pictures than these measure the
result in the end.
"""

from collections.abc import Sequence
from dataclasses import dataclass

STRUCTURE = ("luma_correlation", "edge_correlation")


@dataclass(frozen=True)
class Point:
    """The mean fidelity of the checkpoint after `step` steps."""

    step: int
    fidelity: dict[str, float]

    @property
    def structure(self) -> float:
        """The mean of the correlations of luma and edge."""
        return sum(self.fidelity[name] for name in STRUCTURE) / len(STRUCTURE)


def best(points: Sequence[Point]) -> Point:
    """Return the point with the most structure; of equal ones the earliest.

    >>> points = [Point(step, dict.fromkeys(STRUCTURE, step / 100)) for step in (0, 50)]
    >>> best(points).step
    50
    """
    return max(points, key=lambda point: (point.structure, -point.step))
