"""Where the oscillators start, and what each of them would do alone."""

from dataclasses import dataclass
from typing import Any

from jaxtyping import Float


@dataclass(frozen=True)
class State:
    """Phases (rad) and natural frequencies (rad per unit of time, the common frequency left
    aside); `blend` is the number of frames that a loop needs to come back to its beginning, 0
    where it does so by itself.
    """

    phase: Float[Any, "row col"]
    frequency: Float[Any, "row col"]
    blend: int = 0
