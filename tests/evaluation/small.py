"""A small project that was run up to the evaluation, with stand-ins for what was painted."""

import json

import numpy as np
from PIL import Image

from tasks.artifacts.generation import GENERATION
from tasks.artifacts.impressions import GRID, IMPRESSIONS
from tasks.artifacts.orientation_samples import FREE, RENDERED, SAMPLES, STEERED
from tasks.core import store
from tasks.evaluation.params import Gate
from tasks.impressions.extract import extractor
from tasks.impressions.fidelity import METRICS
from tasks.video.files import clip
from tasks.video.files.encoding import h264, program
from tasks.video.motions.warping import to_bytes, warp
from tasks.video.scene import Film
from tests import stores
from tests.impressions import small as impressions
from tests.video.clips import write

SETS = {"scenes": [1], "photographs": [2, 3, 4, 5, 6, 7]}
MODES = ["none", "img2img_40", "controlnet", "ceiling"]
VARIANTS = ["kuramoto", "frozen"]
FRAMES, SIDE = 8, 64
FORM = clip.Format(12, h264("libx264", 18, "veryfast"), program(None))
MOTION = {"name": "uniform", "amplitude": 0.03}


def gate(title: str, metric: str, **bound: object) -> dict[str, object]:
    """Return a gate as it is written in params.yaml."""
    empty: dict[str, object] = {"at_least": None, "at_most": None, "beyond": None}
    return {"title": title, "metric": metric, **empty, **bound}


GATES = [
    gate("The map fits", "som/quantization_error", at_most=0.6),
    gate("The ceiling is high", "structure/*/ceiling/luma_correlation", at_least=0.9),
    gate(
        "Control beats none",
        "structure/scenes/controlnet/luma_correlation",
        at_least=0.1,
        beyond="structure/scenes/none/luma_correlation",
    ),
    gate("Nothing of this name", "video/*/photographs/*/nothing", at_least=0.0),
]
SECTIONS = {**impressions.SECTIONS, "evaluation": {"shown": 4, "gates": GATES}}


def gates() -> list[Gate]:
    """Return the gates of the small project."""
    return [Gate.model_validate(each) for each in GATES]


def painted(sources: np.ndarray, mode: str) -> np.ndarray:
    """Return stand-ins for what `mode` paints: from another picture up to nearly the source."""
    share = {"none": 1.0, "img2img_40": 0.5, "controlnet": 0.2, "ceiling": 0.0}[mode]
    other = sources[:, ::-1, ::-1]
    mixed = (1 - share) * sources.astype(float) + share * other
    return np.rint(np.clip(mixed + 2, 0, 255)).astype(np.uint8)


def write_impressions(pictures: np.ndarray) -> None:
    """Write the stores of the stage `impressions`."""
    read = extractor(
        impressions.som(),
        impressions.EXTRACTORS,
        impressions.CELL,
        impressions.STRIDE,
        impressions.DECODERS,
    )
    maps, units = read(pictures).astype(np.float16), read.units(pictures)
    sizes = dict(zip(("picture", "channel", "y", "x"), maps.shape, strict=True))
    coords = {"impression": maps, "best_matching_unit": units, "channel": read.channels}
    view = pictures[[2, 4], ::8, ::8]
    sides = {"picture": 2, "row": 8, "col": 8, "channel": 3}
    with store.output("impressions") as folder:
        stores.create(folder / "impressions.zarr", IMPRESSIONS, sizes, coords=coords)
        shown = {"view": view, "picture_index": [2, 4]}
        stores.create(folder / "grid.zarr", GRID, sides, coords=shown)


def write_generation(pictures: np.ndarray) -> None:
    """Write the stores of the stage `generation`."""
    with store.output("generation") as folder:
        for name, numbers in SETS.items():
            outputs = np.stack([painted(pictures[numbers], mode) for mode in MODES])
            dims = ("mode", "picture", "y", "x", "channel")
            coords = {
                "picture": outputs,
                "mode": MODES,
                "caption": ["a photo"] * len(numbers),
                "picture_index": numbers,
            }
            sizes = dict(zip(dims, outputs.shape, strict=True))
            stores.create(folder / f"{name}.zarr", GENERATION, sizes, coords=coords)


def write_controlnet() -> None:
    """Write the curve of the stage `controlnet`."""
    curve = [{"step": step, "fidelity": dict.fromkeys(METRICS, step / 100)} for step in (0, 50)]
    with store.output("controlnet") as folder:
        (folder / "curve.json").write_text(json.dumps({"best": 50, "curve": curve}))


def motion() -> clip.Motion:
    """Return a motion of the whole picture."""
    phase = np.arange(FRAMES)[:, None, None] / FRAMES * 2 * np.pi + np.zeros((1, 4, 4))
    row, col = np.mgrid[:16, :16] / 16 * 3
    coordinates = np.stack([row, col], axis=-1).astype(np.float32)
    return clip.Motion(MOTION, phase.astype(np.float32), coordinates)


def write_video(pictures: np.ndarray) -> None:
    """Write two clips, each moved and frozen."""
    moved = motion()
    displacement = moved.displacement()
    with store.output("video") as folder:
        index = []
        for name, picture in (("astronaut", pictures[2]), ("coffee", pictures[4])):
            for variant in VARIANTS:

                def frame(number: int, picture=picture, variant=variant) -> np.ndarray:
                    if variant == "frozen":
                        return picture
                    moment = displacement.at(number, SIDE, SIDE)
                    return to_bytes(warp(picture.astype(np.float32), moment))

                film = Film(FRAMES, (SIDE, SIDE), frame)
                for _ in write(folder / name, variant, film, moved, FORM):
                    pass
                index.append({"name": name, "caption": "a <photo>", "variant": variant})
        (folder / "clips.json").write_text(json.dumps(index))


def write_lines() -> None:
    """Write what the stage `orientation_samples` leaves."""
    metrics = {"patches": {"distance": 0.3, "interval": [0.2, 0.4], "floor": 0.1}}
    figures = {
        FREE: metrics,
        STEERED: metrics,
        "layout": {kind: {"degrees": 9.0, "standard_error": 1.0} for kind in (FREE, STEERED)},
    }
    sizes = {"sample": 5, "y": 16, "x": 16, "channel": 2, "row": 4, "col": 4}
    with store.output("orientation_samples") as folder:
        for kind in (FREE, STEERED, RENDERED):
            stores.create(folder / f"{kind}.zarr", SAMPLES, sizes)
        for name in ("tree", "forward", "reverse"):
            Image.new("RGB", (40, 30)).save(folder / f"{name}.png")
        (folder / "metrics.json").write_text(json.dumps(figures))


def write_all() -> None:
    """Write every store that the evaluation reads."""
    pictures = impressions.photographs()
    impressions.write_pictures(pictures)
    impressions.write_som()
    write_impressions(pictures)
    write_generation(pictures)
    write_controlnet()
    write_video(pictures)
    write_lines()
