"""Gates: bounds that figures must keep.

A gate names figures by a path into the metrics, names joined by "/", where `*` stands for any run
of letters in a name, and a bound: `at_least` or `at_most`. With `beyond`, another such path, the
bound is counted from the best figure found there: `at_least: 0.1, beyond: "a/*/r"` holds where the
figure exceeds the best of all `a/*/r` by a tenth. Every figure that the path finds must keep the
bound.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from tasks.evaluation.params import Gate

Figures = dict[str, float]


@dataclass(frozen=True)
class Verdict:
    """One figure before one gate. `figure` is None where the path found nothing; such a gate is
    closed.
    """

    title: str
    path: str
    figure: float | None
    bound: float | None
    at_least: bool

    @property
    def passed(self) -> bool:
        """Whether the figure is there and keeps the bound."""
        if self.figure is None or self.bound is None:
            return False
        return self.figure >= self.bound if self.at_least else self.figure <= self.bound


def flatten(metrics: Mapping[str, Any], prefix: str = "") -> Figures:
    """Return every number in the nested mapping by its path.

    >>> flatten({"som": {"quantization_error": 0.5}})
    {'som/quantization_error': 0.5}
    """
    figures: Figures = {}
    for name, value in metrics.items():
        if isinstance(value, Mapping):
            figures |= flatten(value, f"{prefix}{name}/")
        elif value is not None:
            figures[f"{prefix}{name}"] = float(value)
    return figures


def verdicts(metrics: Mapping[str, Any], gates: Sequence[Gate]) -> list[Verdict]:
    """Return the verdict on every figure that a gate finds, in the order of the gates and then of
    the metrics.
    """
    figures = flatten(metrics)
    return [verdict for gate in gates for verdict in _judge(gate, figures)]


def _judge(gate: Gate, figures: Figures) -> list[Verdict]:
    found = matching(figures, gate.metric)
    rising = gate.at_least is not None
    bound = gate.at_least if rising else gate.at_most
    if gate.beyond is not None and bound is not None:
        rivals = matching(figures, gate.beyond).values()
        bound = bound + (max(rivals) if rising else min(rivals)) if rivals else None
    if not found:
        return [Verdict(gate.title, gate.metric, None, bound, rising)]
    return [Verdict(gate.title, path, figure, bound, rising) for path, figure in found.items()]


def matching(figures: Figures, pattern: str) -> Figures:
    """Return the figures whose path matches `pattern`, name by name.

    >>> matching({"a/b/c": 1.0, "a/c": 2.0}, "a/*/c")
    {'a/b/c': 1.0}
    """
    names = pattern.split("/")
    return {
        path: figure
        for path, figure in figures.items()
        if len(names) == len(path.split("/"))
        and all(fnmatchcase(part, name) for part, name in zip(path.split("/"), names, strict=True))
    }


def record(verdict: Verdict) -> dict[str, Any]:
    """Return the verdict as it is written to gates.json."""
    return {
        "gate": verdict.title,
        "figure": verdict.path,
        "value": verdict.figure,
        "at_least" if verdict.at_least else "at_most": verdict.bound,
        "kept": verdict.passed,
    }
