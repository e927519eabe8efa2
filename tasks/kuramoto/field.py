"""The phases of a loop, from a map: its nodes are the oscillators."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from tasks.kuramoto.coupling import Combined, Coupling
from tasks.kuramoto.evolution import Integrator, blended_frames, evolve
from tasks.kuramoto.state import State


@dataclass(frozen=True)
class Dynamics:
    """Which couplings, frequencies and integrator; `frames` a loop, in which the phases turn
    `cycles` times.
    """

    couplings: Sequence[
        Callable[[Float[Any, "row col feature"], Int[Any, "node direction"] | None], Coupling]
    ]
    frequencies: Callable[[Float[Any, "row col"], Coupling, np.random.Generator], State]
    integrator: Integrator
    frames: int
    cycles: int

    def __call__(
        self,
        codebook: Float[Any, "row col feature"],
        relief: Float[Any, "row col"],
        generator: np.random.Generator,
        neighbours: Int[Any, "node direction"] | None = None,
    ) -> Float[Any, "frame row col"]:
        """Return the phases in rad, frame by frame.

        `codebook` holds the nodes' vectors, between which distances are Euclidean; `relief` is
        what bends the waves, a value a node; `neighbours` are the nodes adjacent to each, −1 for
        none, which a coupling along the map's graph needs.

        Raises:
            InputError: as `start` does.
        """
        state, coupling = self.start(codebook, relief, generator, neighbours)
        return evolve(
            state,
            coupling,
            self.integrator,
            frames=self.frames,
            cycles=self.cycles,
            seed=int(generator.integers(2**63)),
        )

    def start(
        self,
        codebook: Float[Any, "row col feature"],
        relief: Float[Any, "row col"],
        generator: np.random.Generator,
        neighbours: Int[Any, "node direction"] | None = None,
    ) -> tuple[State, Coupling]:
        """Return where the phases begin, and what couples them.

        Raises:
            InputError: the integrator's step is not stable with these couplings, the frequencies
            cannot be held, or the loop is too short to be blended.
        """
        coupling = Combined([couple(codebook, neighbours) for couple in self.couplings])
        self.integrator.check(coupling)
        state = self.frequencies(relief, coupling, generator)
        blended_frames(state, self.integrator, self.frames)
        return state, coupling
