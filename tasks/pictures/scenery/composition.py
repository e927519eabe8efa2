"""What a scene shows: its words, drawn so that they suit each other, and its caption."""

from dataclasses import dataclass

import numpy as np

from tasks.pictures.scenery.vocabulary import (
    GROUNDS,
    MOST_EXTRAS,
    OBJECTS,
    PALETTES,
    RELIEFS,
    WATER,
    WEATHER,
)

LIKELIHOOD = {
    "clouds": 0.45,
    "fog": 0.16,
    "birds": 0.2,
    "pine trees": 0.4,
    "round trees": 0.36,
    "house": 0.34,
    "boat": 0.6,
}


@dataclass(frozen=True)
class Scene:
    """What a picture shows; sun or moon stand at `light` (x, y), in picture sides."""

    palette: str
    relief: str
    ground: str
    extras: tuple[str, ...]
    horizon: float
    light: tuple[float, float]

    def caption(self) -> str:
        """Return the caption: palette, sky, relief, ground, things."""
        above = [word for word in (*WEATHER, *OBJECTS[:4]) if word in self.extras]
        below = [word for word in OBJECTS[4:] if word in self.extras]
        article = "an" if self.palette[0] in "aeiou" else "a"
        return f"{article} {self.palette} landscape with " + ", ".join(
            [*above, self.relief, self.ground, *below]
        )


def possible(palette: str, ground: str) -> dict[str, float]:
    """Return the likelihood of each extra that suits a palette and a ground."""
    night = palette == "night"
    chance = dict(LIKELIHOOD)
    chance["big sun"] = 0.0 if night else 0.38
    chance["moon"] = 0.7 if night else 0.1 if palette in ("sunset", "winter", "misty") else 0.0
    chance["stars"] = 0.75 if night else 0.0
    chance["birds"] = 0.05 if night else chance["birds"]
    chance["fog"] *= 2.2 if palette == "misty" else 1
    if ground not in WATER:
        chance["boat"] = 0.0
    if ground == "sea":
        chance |= {"pine trees": 0.0, "round trees": 0.0, "house": 0.0}
    return chance


def describe(rng: np.random.Generator) -> Scene:
    """Return a random scene; at most `MOST_EXTRAS` extras, the sun and the moon never together."""
    palette, relief, ground = (
        words[int(rng.integers(len(words)))] for words in (PALETTES, RELIEFS, GROUNDS)
    )
    chance = possible(palette, ground)
    drawn = [word for word in (*WEATHER, *OBJECTS) if rng.random() < chance[word]]
    if "big sun" in drawn and "moon" in drawn:
        drawn.remove("moon")
    order = rng.permutation(len(drawn))[:MOST_EXTRAS]
    horizon = float(rng.uniform(0.46, 0.6))
    lowest = 0.36 if relief in ("mountains", "cliffs") else 0.52
    light = (float(rng.uniform(0.14, 0.86)), float(rng.uniform(0.2, lowest)) * horizon)
    return Scene(palette, relief, ground, tuple(drawn[i] for i in sorted(order)), horizon, light)
