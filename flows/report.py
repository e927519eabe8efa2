"""What a run of the pipeline tells at its end: the table of stages, what failed, and the page to
open.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from flows.graph import Stage

PAGE = Path("data/evaluation/index.html")
UP_TO_DATE, RAN, RESTORED, FAILED, NOT_READY = "UpToDate", "Ran", "Restored", "Failed", "NotReady"


@dataclass(frozen=True)
class Outcome:
    """How a stage ended: its state, the seconds that it took, and its own last line where it
    failed.
    """

    state: str
    seconds: float = 0.0
    line: str = ""

    @property
    def good(self) -> bool:
        """Whether the outputs of the stage are those of the current inputs."""
        return self.state in {UP_TO_DATE, RAN, RESTORED}


def table(stages: Mapping[str, Stage], outcomes: Mapping[str, Outcome]) -> list[dict[str, str]]:
    """Return a row per stage, in the order of the graph."""
    return [
        {
            "stage": stage.name,
            "state": outcomes[stage.name].state,
            "seconds": f"{outcomes[stage.name].seconds:.1f}",
            "needs": ", ".join(stage.needs),
            "outs": ", ".join(f"{out} ({size(out)})" for out in stage.outs),
        }
        for stage in stages.values()
    ]


def lines(stages: Mapping[str, Stage], outcomes: Mapping[str, Outcome]) -> Iterator[str]:
    """Yield the table as text, and the page to open where all is well."""
    titles = ("stage", "state", "seconds", "outs")
    rows = [titles, *(tuple(row[title] for title in titles) for row in table(stages, outcomes))]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    yield ""
    for name, state, seconds, outs in rows:
        yield f"{name:<{widths[0]}}  {state:<{widths[1]}}  {seconds:>{widths[2]}}  {outs}".rstrip()
    if all(outcome.good for outcome in outcomes.values()) and PAGE.is_file():
        yield ""
        yield f"Open {PAGE}"


def failure(outcomes: Mapping[str, Outcome]) -> str:
    """Return one line that says what failed and why, and what waits for it; empty where nothing
    failed.
    """
    failed = [
        outcome.line or f"{name}: failed"
        for name, outcome in outcomes.items()
        if outcome.state == FAILED
    ]
    waiting = [name for name, outcome in outcomes.items() if outcome.state == NOT_READY]
    if not failed:
        return ""
    return "; ".join(failed) + (f" (not run for that: {', '.join(waiting)})" if waiting else "")


def size(out: Path) -> str:
    """Return the size of a file or folder in a unit that suits it.

    >>> size(Path("nowhere"))
    'missing'
    """
    if not out.exists():
        return "missing"
    return amount(_bytes([out] if out.is_file() else out.rglob("*")))


def amount(count: int) -> str:
    """Return a number of bytes in a unit that suits it.

    >>> amount(1500)
    '1.5 kB'
    """
    total = float(count)
    for unit in ("B", "kB", "MB"):
        if total < 1000:
            return f"{total:.0f} {unit}" if unit == "B" else f"{total:.1f} {unit}"
        total /= 1000
    return f"{total:.1f} GB"


def _bytes(paths: Iterable[Path]) -> int:
    return sum(path.stat().st_size for path in paths if path.is_file())
