"""The fixed vocabulary of the procedural scenes and the colours that its palette words stand for.

A scene is one palette word, one relief, one ground, and up to `MOST_EXTRAS` of the extras (weather
and objects). Its caption names all of them and nothing else, so it has at most 20 tokens (words
and commas).
"""

from dataclasses import dataclass, fields

import numpy as np
from jaxtyping import Float

RELIEFS = ("mountains", "hills", "cliffs", "flat")
GROUNDS = ("lake", "sea", "meadow", "wheat field", "snow", "sand dunes")
WATER = ("lake", "sea")
WEATHER = ("clouds", "fog")
OBJECTS = ("big sun", "moon", "stars", "birds", "pine trees", "round trees", "house", "boat")
MOST_EXTRAS = 4

Colour = Float[np.ndarray, " channel"]


def colour(code: str) -> Colour:
    """Return the sRGB colour of a hexadecimal code `rrggbb`, float32 in [0, 255].

    >>> colour("ff8000").tolist()
    [255.0, 128.0, 0.0]
    """
    return np.frombuffer(bytes.fromhex(code), np.uint8).astype(np.float32)


def mix(first: Colour, second: Colour, weight: float) -> Colour:
    """Return the colour `weight` of the way from the first colour to the second."""
    return first + (second - first) * np.float32(weight)


@dataclass(frozen=True)
class Palette:
    """The colours of a time and a weather; `light` multiplies (255 is white light)."""

    zenith: str
    sky: str
    horizon: str
    cloud: str
    shade: str
    sun: str
    haze: str
    relief: str
    foliage: str
    ground: str
    light: str

    def colours(self) -> dict[str, Colour]:
        """Return each colour by its name."""
        return {field.name: colour(getattr(self, field.name)) for field in fields(self)}


_PALETTES = {
    "spring": Palette(
        "6cb8ee",
        "a5daf5",
        "f0f8dc",
        "ffffff",
        "c9dcea",
        "fff6b8",
        "bfe0d8",
        "6db35a",
        "f08fb8",
        "93dc52",
        "ffffff",
    ),
    "summer": Palette(
        "0f56b8",
        "2f8fe6",
        "a9e0ff",
        "ffffff",
        "a8c4e6",
        "fff3a0",
        "86b8ea",
        "22703a",
        "1f8a35",
        "38a836",
        "fffbe8",
    ),
    "autumn": Palette(
        "8a9aa6",
        "cdb795",
        "f6d798",
        "f6e8d2",
        "b39c88",
        "ffe2a0",
        "d9b083",
        "94501f",
        "dd5a14",
        "c77a22",
        "ffe3b8",
    ),
    "winter": Palette(
        "86b4de",
        "bfdcf3",
        "f1f8fd",
        "fbfdff",
        "b3cbe2",
        "fffbe4",
        "cbe0f1",
        "6f92b4",
        "3d6a7c",
        "e2eefa",
        "eaf3ff",
    ),
    "desert": Palette(
        "3fb0c4",
        "9cd6cf",
        "fbe6b4",
        "fff6e2",
        "e0c6a0",
        "fff2b4",
        "edbd8c",
        "b64e22",
        "8a963c",
        "e6a348",
        "ffe9c0",
    ),
    "sunset": Palette(
        "3a2370",
        "cb3f70",
        "ffb548",
        "ff9560",
        "8a3470",
        "fff2a0",
        "dc5f78",
        "4a1d4c",
        "46193f",
        "8c3450",
        "dd7f78",
    ),
    "night": Palette(
        "040820",
        "0c1a48",
        "2b447e",
        "3a4d7c",
        "182448",
        "f6f3da",
        "263c70",
        "0b1430",
        "123a44",
        "172a58",
        "5a70b8",
    ),
    "misty": Palette(
        "aab5b2",
        "c6cec9",
        "e3e6de",
        "edf0ec",
        "aeb9b4",
        "fcf8e8",
        "d0d7d2",
        "71827c",
        "4f635b",
        "a0aca0",
        "d2dad6",
    ),
}
PALETTES = tuple(_PALETTES)
COLOURS = {name: palette.colours() for name, palette in _PALETTES.items()}
