"""More files of a clip, besides the lossless one and the MP4: one class a format."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from tasks.video.files.encoding import BT709


@dataclass(frozen=True)
class Webm:
    """VP9 in WebM; `crf` 0 (lossless) to 63, 31 looks clean; `speed` 0 (slow) to 8."""

    crf: Annotated[int, Field(ge=0, le=63)]
    speed: Annotated[int, Field(ge=0, le=8)]

    def __call__(self) -> Mapping[str, Any]:
        """Return the settings."""
        return {
            "format": "webm",
            "c:v": "libvpx-vp9",
            "crf": self.crf,
            "b:v": 0,
            "deadline": "good",
            "cpu-used": self.speed,
            "pix_fmt": "yuv420p",
            **BT709,
        }


@dataclass(frozen=True)
class Gif:
    """A GIF of up to `colours` colours, chosen for the whole clip, so that it is made of the
    finished one.
    """

    colours: Annotated[int, Field(ge=2, le=256)]

    def __call__(self) -> Mapping[str, Any]:
        """Return the settings."""
        return {"format": "gif", "c:v": "gif", "colours": self.colours}
