"""How large a body is."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

HEAD = 16
"""Channels of a head of attention."""


@dataclass(frozen=True)
class Size:
    """The body: channels of every scale, residual blocks a scale, the scales that attend, folding
    and bf16.
    """

    widths: tuple[int, ...]
    blocks: Annotated[int, Field(ge=1)]
    attending: tuple[int, ...]
    fold: Annotated[int, Field(ge=1)]
    groups: Annotated[int, Field(ge=1)]
    half: bool

    def __post_init__(self) -> None:
        if any(width % self.groups or width % HEAD for width in self.widths):
            raise ValueError(
                f"widths are {self.widths}; they must be multiples of {self.groups} and {HEAD}"
            )
