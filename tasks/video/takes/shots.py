"""The table of shots: which pictures are set in motion, for how long, how, and how that changes.

    shots:
      - {picture: astronaut, variants: [kuramoto, frozen]}   # a held-out photograph, by its name
      - {picture: "*", at_most: 3}                           # all of them, the first three
      - name: harbour
        picture: inbox/harbour.jpg    # a file, from the table's folder
        prompt: a harbour at dusk
        seconds: 8
        fps: 24
        cycles: 4                     # turns of the motion
        motion: {amplitude: 0.02}     # what differs from video.motion
        interpolation: ease           # or linear
        keyframes:
          - {at: 0, amplitude: 0}
          - {at: 4, amplitude: 1, prompt: a harbour in snow}
        audio: {file: inbox/waves.flac, drives: {amplitude: 0.8, speed: 0.5}, smoothing: 0.2}

A folder gives a shot for each picture in it. What a shot does not say is said by params.yaml. A
keyframe's `amplitude` is a share of the motion's own, its `speed` a multiple of the even one; they
are followed by a curve, and one prompt, first the shot's own, dissolves into the next.
"""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from ruamel.yaml import YAML, YAMLError

from tasks.core.errors import InputError
from tasks.core.registry import first_problem

NAME = r"^[^\s./\\][^/\\]*$"
LONGEST = 3600.0


class Entry(BaseModel):
    """What the table holds: immutable and strict; what is left out is None."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Keyframe(Entry):
    """What holds at one moment."""

    at: Annotated[float | None, Field(ge=0, le=LONGEST, description="s")] = None
    frame: Annotated[int | None, Field(ge=0)] = None
    prompt: str | None = None
    amplitude: Annotated[float | None, Field(ge=0, le=1, description="of the motion's")] = None
    speed: Annotated[float | None, Field(ge=0, le=100, description="1: the even one")] = None

    @model_validator(mode="after")
    def _says_when(self) -> Self:
        if (self.at is None) == (self.frame is None):
            raise ValueError("needs either at (seconds) or frame")
        return self

    def number(self, rate: int) -> int:
        """Return the frame that it holds at, at `rate` frames a second."""
        return self.frame if self.frame is not None else round((self.at or 0.0) * rate)


class Drives(Entry):
    """The shares of the motion that follow how loud the track is."""

    amplitude: Annotated[float, Field(ge=0, le=1)] = 0.0
    speed: Annotated[float, Field(ge=0, le=1)] = 0.0


class Audio(Entry):
    """A sound track."""

    file: Annotated[str, Field(min_length=1)]
    drives: Drives = Drives()
    smoothing: Annotated[float, Field(ge=0, le=60, description="s")] = 0.1


class Shot(Entry):
    """One entry of the table; a pattern or a folder stands for several shots."""

    picture: Annotated[str, Field(min_length=1)]
    name: Annotated[str | None, Field(pattern=NAME)] = None
    at_most: Annotated[int | None, Field(ge=1)] = None
    prompt: str | None = None
    seed: Annotated[int | None, Field(ge=0, lt=2**63)] = None
    seconds: Annotated[float | None, Field(gt=0, le=LONGEST)] = None
    frames: Annotated[int | None, Field(ge=5, le=100_000)] = None
    fps: Annotated[int | None, Field(ge=1, le=240)] = None
    cycles: Annotated[int | None, Field(ge=1, le=1000)] = None
    size: Annotated[int | None, Field(ge=1)] = None
    motion: dict[str, Any] | None = None
    variants: Annotated[tuple[str, ...] | None, Field(min_length=1, strict=False)] = None
    audio: Audio | None = None
    interpolation: Literal["linear", "ease"] = "linear"
    keyframes: Annotated[tuple[Keyframe, ...], Field(strict=False)] = ()

    @model_validator(mode="after")
    def _has_one_length(self) -> Self:
        if self.seconds is not None and self.frames is not None:
            raise ValueError("seconds and frames are both given; leave one out")
        return self


class Table(Entry):
    """The file."""

    shots: Annotated[tuple[Shot, ...], Field(min_length=1, strict=False)]


def read(path: Path) -> tuple[Shot, ...]:
    """Return the shots of the table at `path`.

    Raises:
        InputError: it is missing, no YAML, or a value in it is wrong.
    """
    try:
        values = YAML(typ="safe").load(path.read_text())
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        reason = getattr(error, "strerror", None) or " ".join(str(error).split())
        raise InputError(f"{path}: not readable as a table of shots: {reason}") from None
    return checked(Table, values, str(path)).shots


def checked(model: type[Any], values: Any, where: str) -> Any:
    """Return `values` as `model`; `where` begins the line about a mistake."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise InputError(f"{where}: {first_problem(error)}") from None
