"""Sheets of synthetic fingerprints, drawn from seeds."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field

from tasks.core import random
from tasks.orientation.prints.drawing import Prints
from tasks.orientation.sources.sheet import Grey, Sheet

SIDE = 2
"""Side of a print over the side of a crop."""


@dataclass(frozen=True)
class Printed:
    """`sheets` prints of fingers of nobody, ridges between `least` and `most` pixels apart."""

    sheets: Annotated[int, Field(ge=2)]
    least: Annotated[float, Field(ge=4)]
    most: Annotated[float, Field(ge=4)]

    def __call__(self, folder: Path, size: int, seed: int) -> list[Sheet]:
        """Return the prints; the folder is not used."""
        prints = Prints(SIDE * size, self.least, self.most)
        names = [f"print:{number}" for number in range(self.sheets)]
        kind = f"{prints}"
        return [
            Sheet(name, name, f"{kind}:{seed}", partial(_draw, prints, seed, name))
            for name in names
        ]


def _draw(prints: Prints, seed: int, name: str) -> Grey:
    generator: np.random.Generator = random.generator(seed, "orientation", name)
    return prints(generator)
