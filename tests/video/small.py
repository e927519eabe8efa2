"""A small project up to the ControlNet, with two held-out photographs, and the sections of it."""

from pathlib import Path
from typing import Any

import numpy as np
import yaml

from tasks.artifacts.pictures import WHOLE_PHOTOGRAPHS
from tasks.conditioning import model
from tasks.core import store
from tasks.video.params import Video
from tasks.video.stage import Sections
from tests import stores
from tests.conditioning import tiny
from tests.controlnet import small

NAMES = ("cat", "cup")
VARIANTS = ("kuramoto", "independent_seeds", "frozen")
VALUES: dict[str, Any] = {
    "frames": 6,
    "rate": 12,
    "cycles": 1,
    "size": 64,
    "segment": 4,
    "coupling": [
        {
            "name": "similarity",
            "strength": 1.0,
            "radius": 3.0,
            "width": 1.5,
            "floor": 0.1,
            "tolerance": 1.5,
        },
        {"name": "mean_field", "strength": 0.2},
    ],
    "frequencies": {
        "name": "wave",
        "across": 0.5,
        "down": 0.2,
        "relief": 0.3,
        "rough": 0.1,
        "kick": 0.3,
    },
    "integrator": {"name": "rk4", "step": 0.5},
    "motion": {
        "name": "position_waves",
        "amplitude": 0.02,
        "smoothing": 0.1,
        "coherence": 1.0,
        "least_determinant": 0.5,
    },
    "variants": {
        "kuramoto": {
            "name": "canonical_keyframes",
            "every": 3,
            "strength": 0.5,
            "noise": 0.3,
            "upscale": 2,
        },
        "independent_seeds": {"name": "independent_seeds", "batch": 4, "upscale": 1},
        "frozen": {"name": "frozen", "upscale": 1},
        "restyled": {"name": "carried_keyframes", "every": 3, "upscale": 1},
    },
    "restyled": "restyled",
    "steadying": {"strength": 0.4, "likeness": 0.15, "iterations": 1},
    "mode": {"name": "controlnet", "controlnet_conditioning_scale": 1.0},
    "controlnet_conditioning_scale": 1.0,
    "scheduler": "unipc",
    "num_inference_steps": 2,
    "guidance_scale": 1.0,
    "ffmpeg": None,
    "codec": "libx264",
    "crf": 18,
    "preset": "veryfast",
    "also": [],
}
TABLE = """
shots:
  - {picture: "*", variants: [kuramoto, independent_seeds, frozen]}
"""


def section(**changes: object) -> Video:
    """Return the section with other values."""
    return Video.model_validate({**VALUES, **changes})


def sections(**changes: object) -> Sections:
    """Return all sections that a clip depends on, that of the videos with other values."""
    return Sections(section(**changes), small.FEATURES, small.IMPRESSIONS_SECTION, small.RUNTIME)


def write() -> None:
    """Write the stores of the stages before, and a `params.yaml`, into the current directory."""
    pictures = small.write()
    sizes = {"picture": 2, "y": tiny.SIZE, "x": tiny.SIZE, "channel": 3}
    coords = {"photograph": pictures[:2], "caption": ["a cat", "a cup"], "name": list(NAMES)}
    stores.create(
        store.file("pictures", "photographs.zarr"), WHOLE_PHOTOGRAPHS, sizes, coords=coords
    )
    with store.output("controlnet") as folder:
        tiny.trained(model.load(store.folder("base"))).save_pretrained(folder)
    content = {
        "runtime": small.RUNTIME.model_dump(),
        "items": {"root": ".cache/items"},
        "runner": {"name": "threads"},
        "features": small.FEATURES.model_dump(),
        "impressions": small.IMPRESSIONS_SECTION.model_dump(),
        "video": VALUES,
        "pictures": {
            "size": 32,
            "photograph_size": 32,
            "source": {"name": "built_in"},
            "folder": "data/inbox",
            "pattern": "*",
            "max_pixels": 400_000,
            "scenes": 1,
            "held_out_scenes": 1,
            "crops": 1,
            "held_out_crops": 1,
            "held_out": [],
        },
    }
    Path("data/shots.yaml").write_text(TABLE)
    with open("params.yaml", "w") as file:
        yaml.safe_dump(content, file, sort_keys=False)


def noise_picture(height: int, width: int) -> np.ndarray:
    """Return a picture of blocks."""
    coarse = np.random.default_rng(3).integers(0, 256, (height // 8, width // 8, 3), np.uint8)
    return np.repeat(np.repeat(coarse, 8, axis=0), 8, axis=1)
