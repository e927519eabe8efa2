"""How far the clips are, in a file that other programs can read while they are made.

    {"done": 144, "total": 648, "unit": "frame", "segments_done": 2, "segments": 9,
     "shot": "coffee", "variant": "frozen", "seconds_left": 61}

What counts is what the item store has, whoever makes it: frames of finished segments. So `done`
never falls, not even where a run is killed and started again, and the last report is the same for
every run. `shot` and `variant` are those of the first segment that is missing, null at the end;
`seconds_left` is as this run has been going, null until it has finished a segment. A report
replaces the one before at once: nobody reads half of one.
"""

import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import Any

from tasks.core import items
from tasks.core.errors import InputError
from tasks.video.stage import Part

PAUSE, SHARE = 1.0, 0.05
"""Seconds between two looks, and the share of the time that looking may take."""


@contextmanager
def reported(parts: Sequence[Part], file: Path) -> Iterator[None]:
    """Keep the report about `parts` in `file` while this block goes on, and when it has ended
    well. A look that fails is left out: what is wrong is told by those who need what is not there.
    """
    report, over = Report(parts, file), Event()
    report.write()

    def watch() -> None:
        spent = 0.0
        while not over.wait(max(PAUSE, spent / SHARE)):
            begin = time.monotonic()
            with suppress(OSError, InputError):
                report.write()
            spent = time.monotonic() - begin

    watching = Thread(target=watch, name="report", daemon=True)
    watching.start()
    try:
        yield
    finally:
        over.set()
        watching.join()
    report.write()


@dataclass
class Report:
    """What is known of `parts`, and the file that tells it."""

    parts: Sequence[Part]
    file: Path
    begin: float = field(default_factory=time.monotonic)
    found: int | None = None
    """Frames that were there when the run began."""

    def write(self) -> None:
        """Look, and replace the report."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        draft = self.file.with_suffix(".part")
        draft.write_text(json.dumps(self.content(), indent=1) + "\n")
        os.replace(draft, self.file)

    def content(self) -> dict[str, Any]:
        """Return the report."""
        lacking = items.missing([part.key for part in self.parts])
        missing = [part for part in self.parts if part.key in lacking]
        total, left = (sum(p.stop - p.start for p in some) for some in (self.parts, missing))
        if self.found is None:
            self.found = total - left
        now = missing[0].work.take if missing else None
        return {
            "done": total - left,
            "total": total,
            "unit": "frame",
            "segments_done": len(self.parts) - len(missing),
            "segments": len(self.parts),
            "shot": now and now.name,
            "variant": now and now.variant,
            "seconds_left": self._left(total - left - self.found, left),
        }

    def _left(self, made: int, left: int) -> int | None:
        """Return the seconds that `left` frames take where `made` have taken what they have."""
        if not left:
            return 0
        return round((time.monotonic() - self.begin) * left / made) if made else None
