"""Photographs that need no network: those in scikit-image's own package which their docstrings put
under CC0 or in the public domain.
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import skimage

from tasks.core import store
from tasks.pictures import reading
from tasks.pictures.photograph import Photograph

SUBJECTS = {
    "astronaut.png": "an astronaut",
    "brick.png": "bricks",
    "camera.png": "a man with a camera",
    "chelsea.png": "a cat",
    "clock_motion.png": "a clock",
    "coffee.png": "a cup of coffee",
    "grass.png": "grass",
    "gravel.png": "gravel",
    "hubble_deep_field.jpg": "galaxies",
    "retina.jpg": "a retina",
    "rocket.jpg": "a rocket",
}
GREY = frozenset({"brick.png", "camera.png", "clock_motion.png", "grass.png", "gravel.png"})


@dataclass(frozen=True)
class BuiltIn:
    """The photographs of `SUBJECTS`, captioned "a photo of ..." or "a grey photo of ..."."""

    def __call__(self, folder: Path, pattern: str, max_pixels: int) -> list[Photograph]:
        """Return the photographs; the folder and the pattern are not used."""
        home = Path(skimage.__file__).parent / "data"
        return [
            Photograph(
                name=Path(name).stem,
                group=Path(name).stem,
                caption=f"a {'grey ' if name in GREY else ''}photo of {subject}",
                digest=store.digest(home / name),
                pixels=partial(reading.load, home / name, max_pixels=max_pixels),
            )
            for name, subject in SUBJECTS.items()
        ]
