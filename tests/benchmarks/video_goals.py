"""What the videos must reach: goals as bounds on figures, pair by pair."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from tasks.core import params
from tasks.evaluation import gates
from tests.benchmarks.video_cases import OURS
from tests.benchmarks.video_shots import CAPTIONS

Records = Sequence[Mapping[str, Any]]
FACE, GROWTH, PREVIEW = 0.9, 50.0, 10.0


class Goal(NamedTuple):
    """A bound on the worst of some figures."""

    title: str
    worst: float
    bound: float
    at_least: bool

    @property
    def kept(self) -> bool:
        """Whether the worst figure keeps the bound."""
        return self.worst >= self.bound if self.at_least else self.worst <= self.bound


def goals(records: Records) -> list[Goal]:
    """Return the goals, each with the worst of all pictures and seeds; those that show a face for
    its sake count for the face alone.
    """
    faces = [m["face"] for m in of(records, OURS).values() if "face" in m]
    records = [record for record in records if record["picture"] not in CAPTIONS]
    own = of(records, OURS)

    def pairs(other: str, name: str) -> Iterable[tuple[float, float]]:
        theirs = of(records, other)
        return [(own[key][name], theirs[key][name]) for key in own if key in theirs]

    def most(title: str, figures: Iterable[float], bound: float) -> Goal:
        return Goal(title, max(figures), bound, False)

    def least(title: str, figures: Iterable[float], bound: float) -> Goal:
        return Goal(title, min(figures), bound, True)

    shots = own.values()
    return [
        most("e_warp, of chaining", (a / b for a, b in pairs("chained", "e_warp")), 0.4),
        most(
            "e_warp, of independent seeds",
            (a / b for a, b in pairs("independent_seeds", "e_warp")),
            0.2,
        ),
        most("tof", (m["tof"] for m in shots), 0.25),
        least("gain", (m["gain"] for m in shots), 0.8),
        most("unexplained", (m["unexplained"] for m in shots), 0.45),
        least("slip above shared noise", (a - b for a, b in pairs("shared_noise", "slip")), 0.3),
        least("face, every frame", faces, FACE),
        least("gates kept by ours", [float(passed(records, OURS))], 1.0),
        most("gates kept by the frozen clip", [float(passed(records, "frozen"))], 0.0),
    ]


def of(records: Records, case: str) -> dict[tuple[str, int], Mapping[str, float]]:
    """Return the measures of a case by picture and seed."""
    return {(r["picture"], r["seed"]): r["measures"] for r in records if r["case"] == case}


def passed(records: Records, case: str) -> bool:
    """Return whether a case would pass all the gates that the pipeline puts before its clips."""
    pictures = {f"{name}-{seed}": dict(m) for (name, seed), m in of(records, case).items()}
    prefix = f"video/{OURS}/"
    asked = [g for g in params.load("evaluation").gates if g.metric.startswith(prefix)]
    verdicts = gates.verdicts({"video": {OURS: {"photographs": pictures}}}, asked)
    return all(verdict.passed for verdict in verdicts)


def costs(measured: Mapping[str, float]) -> list[Goal]:
    """Return the goals of memory and time, where they were measured."""
    if not measured:
        return []
    return [
        Goal("MiB that writing 1000 frames of 512 x 512 adds", measured["growth"], GROWTH, False),
        Goal("s of CPU for a preview of 72 such frames", measured["preview"], PREVIEW, False),
    ]
