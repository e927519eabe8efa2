"""A video painted anew: how much steadier carried paintings are than frames painted one by one.

    python -m tests.benchmarks.restyled CLIP --json FILE [--frames 17] [--size 96]

Every way paints at the same size, with the same model, and is measured there. What is carried is
interpolated, and so loses fine detail, and what has less detail flickers less. So each other way
is also measured when it has been softened, all frames by one Gaussian, until it has no more
detail (`tasks.video.measures.following`) than the carried paintings have: the factor that is left
is not softness. `flicker` holds the video's own motion, and is
taken there and back, since a video is no loop; `e_warp` is 100 · mean |V_{t+1}(x + F) −
V_t| with F the flow that is measured in the video, where that is not occluded.
"""

import argparse
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"))

import cv2
import numpy as np

from tasks.core import backend, registry, store
from tasks.video.measures.agreement import difference
from tasks.video.measures.following import detail
from tasks.video.measures.metrics import LUMA, reduced
from tasks.video.measures.spectrum import temporal
from tasks.video.motions.optical_flow import carried, occluded
from tasks.video.registry import FRAMES
from tasks.video.takes import filming, footage
from tasks.video.takes.moving_scene import MovingScene, moving_scene
from tasks.video.takes.steadying import Chain
from tests.benchmarks.video_cases import digests, reader, sections

OURS = "carried"
SIGMAS = np.arange(0, 4, 0.05)
"""Softenings that are tried, pixels."""


def ways() -> dict[str, tuple[Mapping[str, Any], bool]]:
    """Return how frames are made, and whether the impressions come to rest first."""
    ours = dict(sections().video.variants[sections().video.restyled]) | {"upscale": 1}
    anew = {"name": "independent_seeds", "batch": 1, "upscale": 1}
    return {
        OURS: (ours, True),
        "carried, not steadied": (ours, False),
        "frame by frame, one noise": (ours | {"every": 1}, True),
        "frame by frame, one noise, not steadied": (ours | {"every": 1}, False),
        "frame by frame, new noise": (anew, True),
        "frame by frame, new noise, not steadied": (anew, False),
    }


def scene(video: footage.Footage, frames: int, steady: bool) -> MovingScene:
    """Return the scene of the video."""
    chain = Chain(
        **sections().video.steadying.model_dump() | ({} if steady else {"iterations": 0})
    )
    named = {"name": video.path.stem, "caption": "", "seed": 1}
    return moving_scene(video, reader(), chain, frames=frames, **named)


def filmed(way: Mapping[str, Any], of: MovingScene) -> np.ndarray:
    """Return the frames in [0, 1]."""
    size = of.footage.picture().shape[:2]
    painter = filming.load_painter(sections(), digests(), size)
    film = registry.build(FRAMES, way, what="way")(of, painter)
    return reduced(np.stack([film.frame(number) for number in range(film.frames)]))


def measures(values: np.ndarray, of: MovingScene) -> dict[str, float]:
    """Return flicker, what is left when the video's motion is undone, and the detail."""
    size = values.shape[1:3]
    errors = []
    for step in range(len(values) - 1):
        forward, backward = of.flow(step, step + 1, *size), of.flow(step + 1, step, *size)
        seen = ~occluded(forward, backward)
        errors.append(difference(carried(values[step + 1], forward), values[step], seen))
    luma = values @ LUMA
    return {
        "flicker": temporal(np.concatenate([luma, luma[-2:0:-1]]))["flicker"],
        "e_warp": 100 * float(np.mean(errors)),
        "detail": sharpness(values),
    }


def sharpness(values: np.ndarray) -> float:
    """Return 100 times the rms of the detail."""
    return 100 * float(np.sqrt(np.mean([detail(luma) ** 2 for luma in values @ LUMA])))


def softened(values: np.ndarray, most: float) -> np.ndarray:
    """Return the frames, all blurred alike, by as little as leaves no more detail than `most`."""
    for sigma in SIGMAS:
        soft = values if not sigma else np.stack([blurred(each, sigma) for each in values])
        if sharpness(soft) <= most:
            return soft
    raise SystemExit("no softening is enough")


def blurred(picture: np.ndarray, sigma: float) -> np.ndarray:
    """Return the picture under a Gaussian."""
    return cv2.GaussianBlur(picture, (0, 0), float(sigma))


def main() -> None:
    """Paint, measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("clip", type=Path)
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--frames", type=int, default=17)
    parser.add_argument("--size", type=int, default=96, help="shorter side, pixels")
    given = parser.parse_args()
    backend.configure(1)
    facts = footage.facts(given.clip, max_pixels=10**8)
    stride = sections().features.stride
    rate, digest = round(facts.rate), store.digest(given.clip)
    video = footage.Footage(given.clip, digest, rate, facts.seconds, given.size, stride, 1)
    still = scene(video, given.frames, True)
    shown = reduced(np.stack([video.frame(number) for number in range(given.frames)]))
    found, most = {"the video": measures(shown, still)}, 0.0
    for name, (way, steady) in ways().items():
        values = filmed(way, scene(video, given.frames, steady))
        found[name] = measures(values, still)
        most = most or found[name]["detail"]
        soft = measures(softened(values, most), still)
        found[name] |= {f"{each}_as_soft": soft[each] for each in ("flicker", "e_warp")}
        print(name, {each: round(value, 3) for each, value in found[name].items()}, flush=True)
    result = {"clip": given.clip.name, "frames": given.frames, "size": shown.shape[1:3]}
    given.json.write_text(json.dumps(result | {"figures": found}, indent=1) + "\n")


if __name__ == "__main__":
    main()
