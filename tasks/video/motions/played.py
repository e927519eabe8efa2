"""A motion that is played by a schedule: faster or slower, stronger or weaker, again and again.

Between two frames of the loop the displacement is linear; its amplitude is a share of what is
safe, and det(I + a∇d) ≥ least holds for every smaller a.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from tasks.video.motions.atlas import Atlas, Maps
from tasks.video.motions.displacement import Displacement
from tasks.video.motions.schedule import Schedule


@dataclass(frozen=True, eq=False)
class Played(Displacement):
    """The displacement `loop` by `schedule`, which has a time and a share for every frame."""

    loop: Displacement
    schedule: Schedule

    @property
    def strays(self) -> bool:
        """Whether the impression itself depends on the time."""
        return self.loop.strays

    @property
    def frames(self) -> int:
        """The number of frames that are played."""
        return len(self.schedule.time)

    def impression(self, still: Maps, atlas: Atlas | None, time: float) -> Maps:
        """Return the impression at `time` in [0, 1) of the shot: that of the loop, to the share of
        the amplitude.
        """
        if not self.strays:
            return still
        number = round(time * self.frames) % self.frames
        moment, share = self.schedule.time[number], np.float32(self.schedule.amplitude[number])
        strayed = self.loop.impression(still, atlas, moment / self.loop.frames)
        return strayed if share == 1 else still + share * (strayed - still)

    def coarse(self, frame: int) -> Float32[np.ndarray, "row col axis"]:
        """Return d of one frame on the coarse grid, in widths."""
        number = frame % self.frames
        whole, u = divmod(self.schedule.time[number], 1.0)
        here = self.loop.coarse(int(whole))
        if u:
            here = np.float32(1 - u) * here + np.float32(u) * self.loop.coarse(int(whole) + 1)
        return np.float32(self.schedule.amplitude[number]) * here


def played(loop: Displacement, schedule: Schedule) -> Played:
    """Return `loop` by `schedule`."""
    return Played(loop.grid, loop.amplitude, loop.requested, loop, schedule)
