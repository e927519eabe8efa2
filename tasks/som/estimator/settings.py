"""What a map is told, checked as a whole before any work is done."""

import math
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from tasks.core import registry
from tasks.core.backend import Device
from tasks.som.decays.decay import Decay, schedule
from tasks.som.lattices.lattice import Lattice
from tasks.som.neighbourhoods.neighbourhood import Neighbourhood
from tasks.som.registry import DECAYS, INITIALISATIONS, LATTICES, NEIGHBOURHOODS
from tasks.som.starts.initialisation import Start

FINEST = 1.0
"""The default width of the last neighbourhood, in steps of the lattice."""
THINNEST = 1e-3
"""Below this width no neighbour hears anything, and squares of the ratio lose their meaning."""


def _plain(value: Any) -> Any:
    """Return NumPy's scalars as Python's, as a grid search over `np.arange` hands them over."""
    return value.item() if isinstance(value, np.generic) else value


def _pair(value: Any) -> Any:
    several = isinstance(value, list | tuple | np.ndarray) and np.ndim(value) == 1
    return tuple(_plain(part) for part in value) if several else value


Side = Annotated[int, BeforeValidator(_plain), Field(ge=1, le=4096)]
Width = Annotated[float, BeforeValidator(_plain), Field(ge=THINNEST, le=8192)]
Reach = Annotated[float, BeforeValidator(_plain), Field(gt=0, le=8192)]
Share = Annotated[float, BeforeValidator(_plain), Field(gt=0, le=1)]
Count = Annotated[int, BeforeValidator(_plain), Field(ge=1)]
Flag = Annotated[bool, BeforeValidator(_plain)]
Bytes = Annotated[int, BeforeValidator(_plain), Field(ge=1 << 20)]


class Settings(BaseModel):
    """The parameters of `tasks.som.estimator.som.SOM`, which says what they mean."""

    model_config = ConfigDict(
        strict=True, extra="forbid", allow_inf_nan=False, arbitrary_types_allowed=True
    )

    shape: Annotated[tuple[Side, Side], BeforeValidator(_pair)]
    topology: str
    torus: Flag
    neighbourhood: str
    sigma: Annotated[tuple[Width, Width], BeforeValidator(_pair)] | None
    decay: str | Callable[[float, float, float], float]
    metric: Literal["euclidean", "cosine"]
    init: Any
    train: Literal["batch", "online"]
    epochs: Count
    sample_schedule: Literal["full", "grow"]
    bmu: Literal["auto", "dense", "pruned"]
    exact: Flag
    missing: Literal["error", "mask"]
    learning_rate: Annotated[tuple[Share, Share], BeforeValidator(_pair)]
    window: Reach | None
    rho: Share
    random_state: Any
    threads: Count
    memory_limit: Bytes | None
    device: Device

    @model_validator(mode="after")
    def _fit_together(self) -> "Settings":
        if self.sigma is not None and self.sigma[1] > self.sigma[0]:
            raise ValueError(f"sigma is {self.sigma}; the width must not grow")
        for part in ("train='online'", "metric='cosine'"):
            name, _, value = part.partition("=")
            if self.missing == "mask" and repr(getattr(self, name)) == value:
                raise ValueError(f"missing='mask' and {part} do not go together")
        state = self.random_state
        negative = isinstance(state, int | np.integer) and state < 0
        if negative or isinstance(state, bool | np.bool_) or not isinstance(state, Chance):
            raise ValueError(
                f"random_state is {state!r}; give a number >= 0, a generator of NumPy or None"
            )
        return self

    def lattice(self) -> Lattice:
        """Return where the nodes stand."""
        rows, cols = self.shape
        choice = {"name": self.topology, "rows": rows, "cols": cols, "torus": self.torus}
        return registry.build(LATTICES, choice, what="topology")

    def pull(self) -> Neighbourhood:
        """Return the neighbourhood."""
        return registry.build(NEIGHBOURHOODS, {"name": self.neighbourhood}, what="neighbourhood")

    def fade(self) -> Decay:
        """Return how widths and rates shrink."""
        if isinstance(self.decay, str):
            return registry.build(DECAYS, {"name": self.decay}, what="decay")
        return self._faded

    def start(self) -> Start:
        """Return where the nodes start: a choice by name, or the weights themselves."""
        named = isinstance(self.init, str)
        choice = {"name": self.init} if named else {"name": "array", "weights": self.init}
        return registry.build(INITIALISATIONS, choice, what="init")

    def widths(self) -> tuple[float, float]:
        """Return the first and the last width; by default from a quarter of the longer side to
        one step.
        """
        return self.sigma or (max(max(self.shape) / 4, FINEST), FINEST)

    def sigmas(self) -> tuple[float, ...]:
        """Return the width of every epoch.

        Raises:
            ValueError: the decay is a function that gives no width.
        """
        found = schedule(self.fade(), *self.widths(), self.epochs)
        if min(found) < THINNEST:
            raise ValueError(f"decay: a width of {min(found)!r}; the least is {THINNEST}")
        return found

    def _faded(self, start: float, end: float, progress: float) -> float:
        """Return what the decay that is a function gives."""
        fade: Any = self.decay
        told = f"decay of ({start}, {end}, {progress})"
        try:
            found = float(fade(start, end, progress))
        except (TypeError, ValueError, ArithmeticError) as error:
            line = " ".join(str(error).split())
            raise ValueError(f"{told} gives no number: {line}") from error
        if not 0 < found < math.inf:
            raise ValueError(f"{told} is {found}; expected a finite number > 0")
        return found

    def chance(self, stream: int = 0) -> np.random.Generator | np.random.RandomState:
        """Return the generator of `random_state`; None stands for 0, so that nothing depends on
        the day. Streams of one seed are independent; a given generator is the only stream.
        """
        if isinstance(self.random_state, np.random.Generator | np.random.RandomState):
            return self.random_state
        seed = self.random_state or 0
        return np.random.default_rng([seed, stream] if stream else seed)


Chance = int | np.integer | np.random.Generator | np.random.RandomState | None


def check(parameters: Mapping[str, Any]) -> Settings:
    """Return the checked parameters.

    Raises:
        ValueError: one of them is wrong; the line names it.
    """
    try:
        settings = Settings.model_validate(dict(parameters))
    except ValidationError as error:
        raise ValueError(registry.first_problem(error)) from None
    for build in (settings.lattice, settings.pull, settings.sigmas, settings.start):
        build()
    return settings
