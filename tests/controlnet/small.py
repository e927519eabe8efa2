"""A small project up to the impressions: random pictures, a map of 4 × 4 nodes, the tiny model."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import diffusers
import numpy as np

from tasks.artifacts.impressions import IMPRESSIONS
from tasks.artifacts.pictures import PHOTOGRAPHS, PICTURES, SCENES, TRAIN
from tasks.artifacts.som import SOM
from tasks.controlnet import stage
from tasks.controlnet.params import Controlnet
from tasks.controlnet.plan import Plan
from tasks.core import store
from tasks.core.params import Runtime
from tasks.features.extract import build, extract
from tasks.features.params import Features
from tasks.impressions.extract import extractor
from tasks.impressions.params import Impressions
from tasks.som.codebook import Codebook
from tasks.som.samples import standardisation
from tests import stores
from tests.conditioning import tiny

SPLIT = np.array([TRAIN] * 12 + [SCENES] * 5 + [PHOTOGRAPHS] * 2, np.uint8)
RUNTIME = Runtime(threads=1, device="cpu", seed=0)
FEATURES = Features(
    cell=8,
    stride=8,
    extractors=[
        {"name": "lab", "weight": 1.0},
        {"name": "luminance", "weight": 0.5},
        {"name": "sobel", "weight": 0.7},
    ],
)
IMPRESSIONS_SECTION = Impressions(
    decoders=[
        {"name": "colour"},
        {"name": "luminance"},
        {"name": "edges", "full_scale": 0.15},
        {"name": "clusters"},
    ],
    refinements=[],
    grid_pictures=0,
    grid_rows=4,
    grid_cols=4,
    grid_epochs=1,
    grid_position_weight=1.0,
)
SECTION = Controlnet.model_validate(
    {
        "branch": "controlnet",
        "accumulation": 1,
        "precision": "float32",
        "schedule": "falling",
        "consistency": 0.0,
        "steps": 6,
        "batch": 4,
        "learning_rate": 1e-2,
        "new_layers_factor": 8.0,
        "warm_up": 2,
        "averaging": 0.5,
        "caption_drop": 0.5,
        "condition_drop": 0.1,
        "logit_mean": 1.0,
        "mirror": True,
        "embedding": [4, 4, 8],
        "checkpoint": 2,
        "curve": [0, 3, 6],
        "validation": 2,
        "shown": 0,
        "sampling": {"scheduler": "unipc", "num_inference_steps": 2, "guidance_scale": 1.0},
        "tensorboard": None,
    }
)


def section(**changes: object) -> Controlnet:
    """Return the section with other values."""
    return Controlnet.model_validate({**SECTION.model_dump(), **changes})


def write() -> np.ndarray:
    """Write the stores of the stages before into the current directory and return the pictures."""
    pictures = _pictures(len(SPLIT))
    captions = [tiny.CAPTIONS[number % 3] for number in range(len(SPLIT))]
    coords = {
        "picture": pictures,
        "caption": captions,
        "source": [f"scene:{number}" for number in range(len(SPLIT))],
        "split": SPLIT,
    }
    sizes = {"picture": len(SPLIT), "y": tiny.SIZE, "x": tiny.SIZE, "channel": 3}
    with store.output("pictures") as folder:
        stores.create(folder / "pictures.zarr", PICTURES, sizes, coords=coords)
    _write_map(pictures)
    _write_impressions(pictures)
    with store.output("base") as folder:
        tiny.save(folder, diffusers.UniPCMultistepScheduler(**tiny.FLOW))
    return pictures


def _pictures(count: int) -> np.ndarray:
    coarse = np.random.default_rng(0).integers(0, 256, (count, 4, 4, 3), np.uint8)
    return np.repeat(np.repeat(coarse, tiny.SIZE // 4, axis=1), tiny.SIZE // 4, axis=2)


def _write_map(pictures: np.ndarray) -> None:
    extraction = extract(pictures, build(FEATURES.extractors), FEATURES.cell, FEATURES.stride)
    values = extraction.values.reshape(-1, len(extraction.names))
    rule = standardisation.fit(values, extraction.weights)
    weights = values[:16].astype(np.float64).reshape(4, 4, -1)
    book = Codebook(weights, extraction.names, rule, {"name": "rect"})
    rows, cols = np.indices((4, 4), np.int32)
    coords = {
        **book.to_variables(),
        "cluster": 4 * rows + cols,
        "seat": np.stack([rows, cols], axis=-1),
    }
    sizes = {"row": 4, "col": 4, "axis": 2, "feature": len(extraction.names), "step": 1}
    with store.output("som") as folder:
        stores.create(
            folder / "som.zarr",
            SOM,
            sizes,
            coords=coords,
            attributes={"topology": {"name": "rect"}},
        )


def _write_impressions(pictures: np.ndarray) -> None:
    read = extractor(
        store.read("som", SOM),
        FEATURES.extractors,
        FEATURES.cell,
        FEATURES.stride,
        IMPRESSIONS_SECTION.decoders,
    )
    maps = read(pictures)
    sizes = dict(zip(("picture", "channel", "y", "x"), maps.shape, strict=True))
    coords = {
        "impression": maps,
        "channel": list(read.channels),
        "best_matching_unit": read.units(pictures),
    }
    with store.output("impressions") as folder:
        stores.create(folder / "impressions.zarr", IMPRESSIONS, sizes, coords=coords)


def plan(chosen: Controlnet = SECTION) -> Plan:
    """Return the plan of the stage over these stores."""
    return stage.plan(chosen, FEATURES, IMPRESSIONS_SECTION, RUNTIME)


def train(chosen: Controlnet = SECTION) -> Path:
    """Run the whole stage and return the folder that it makes."""
    work = plan(chosen)
    each(stage.encode, work.blocks)
    each(stage.train, [work.run])
    each(stage.measure, work.points)
    stage.assemble(work)
    return store.folder("controlnet")


def each(function: Callable[[Any], object], parts: Iterable[object]) -> None:
    """Call a stage's function on every part."""
    for part in parts:
        function(part)
