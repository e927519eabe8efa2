"""The motion of a clip, as it is kept: whatever its displacement follows from."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32

from tasks.core import registry
from tasks.video.motions.displacement import Displacement
from tasks.video.motions.played import played
from tasks.video.motions.schedule import Schedule
from tasks.video.registry import MOTIONS


@dataclass(frozen=True, eq=False)
class Motion:
    """The choice of a motion, and the phases and map coordinates that it acts on."""

    choice: Mapping[str, Any]
    phase: Float32[np.ndarray, "frame row col"]
    coordinates: Float32[np.ndarray, "y x axis"]
    schedule: Schedule | None = None

    def displacement(self) -> Displacement:
        """Return the displacement of every frame: a function of this record alone."""
        motion = registry.build(MOTIONS, self.choice, what="video.motion")
        loop = motion(self.phase.astype(np.float64), self.coordinates.astype(np.float64))
        return loop if self.schedule is None else played(loop, self.schedule)

    def save(self, path: Path) -> None:
        """Write the phases, the coordinates and, if there is one, the schedule."""
        arrays = {"phase": self.phase, "coordinates": self.coordinates}
        if self.schedule is not None:
            arrays |= {"time": self.schedule.time, "amplitude": self.schedule.amplitude}
        np.savez(path, allow_pickle=False, **arrays)

    @staticmethod
    def load(choice: Mapping[str, Any], path: Path) -> "Motion":
        """Return the motion that was saved at `path`."""
        with np.load(path, allow_pickle=False) as saved:
            schedule = Schedule(saved["time"], saved["amplitude"]) if "time" in saved else None
            return Motion(choice, saved["phase"], saved["coordinates"], schedule)
