"""The cases of the benchmark of videos: which ways of making frames, what is measured of each, and
the files that each leaves.
"""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from tasks.core import code, items, params, registry
from tasks.impressions.stored import stored
from tasks.kuramoto import order, vortex
from tasks.video.files.overview import Overview
from tasks.video.frames.grouped import displaced_maps
from tasks.video.measures import metrics
from tasks.video.measures.agreement import correlation
from tasks.video.measures.likeness import likeness
from tasks.video.motions.displacement import Displacement
from tasks.video.motions.motion import Motion
from tasks.video.motions.optical_flow import carried
from tasks.video.registry import FRAMES
from tasks.video.scene import Scene
from tasks.video.takes import filming, preparation
from tests.benchmarks.video_shots import FACES, Shot

OURS = "kuramoto"
SEEN = {"batch": 8, "upscale": 1}
INDEPENDENT = {"name": "independent_seeds", **SEEN}
SHARED = {"name": "shared_noise", **SEEN}
ALIGNMENT = {
    "strength": 0.2,
    "likeness": 0.08,
    "gradient": 2.0,
    "motion": 0.0,
    "clamp": 0.5,
    "iterations": 2,
}
BASELINES: dict[str, dict[str, Any]] = {
    "frozen": {"name": "frozen", "upscale": 1},
    "independent_seeds": INDEPENDENT,
    "jittered_prompt": {
        "name": "jittered_prompt",
        "words": 1,
        "gain": 0.03,
        "tint": 0.015,
        **SEEN,
    },
    "chained": {"name": "chained", "strength": 0.5, "upscale": 1},
    "noise_jitter": {"name": "noise_jitter", **SEEN},
    "round_trip": {"name": "round_trip", "batch": 8, "upscale": 2},
}
OTHERS: dict[str, dict[str, Any]] = {
    "shared_noise": SHARED,
    "advected_noise": {"name": "advected_noise", **SEEN},
    "anchored": {
        "name": "anchored",
        "strength": 0.25,
        "noise": "shared",
        "batch": 8,
        "upscale": 2,
    },
    "anchored_advected": {
        "name": "anchored",
        "strength": 0.5,
        "noise": "advected",
        "batch": 8,
        "upscale": 2,
    },
    "canonical_frames": {
        "name": "canonical_frames",
        "strength": 0.25,
        "noise": 0.15,
        "batch": 8,
        "upscale": 2,
    },
    "attending": {"name": "attending", "frames": SHARED},
    "colour_matched": {"name": "colour_matched", "match": "low_pass", "frames": INDEPENDENT},
}


@dataclass(frozen=True)
class Case:
    """A way of making frames, by name, and the amplitude of the motion, where it is another."""

    name: str
    choice: Mapping[str, Any]
    amplitude: float | None = None


def cases(quick: bool = False) -> list[Case]:
    """Return all cases, those that a goal needs first."""
    ours = dict(params.load("video").variants[OURS])
    around = {
        "bordered": {"name": "bordered", "margin": 16, "frames": ours},
        "aligned": {"name": "aligned", "alignment": ALIGNMENT, "frames": ours},
    }
    needed = {OURS: ours, **BASELINES, "shared_noise": OTHERS["shared_noise"]}
    if quick:
        return [Case(*each) for each in needed.items()]
    remedies = {"livelier": ours | {"noise": 0.3}, "weaker": ours | {"strength": 0.125}}
    found = [Case(*each) for each in (needed | OTHERS | around | remedies).items()]
    return [*found, Case("gentler", ours, amplitude=0.02)]


@dataclass(frozen=True)
class Bench:
    """What makes and measures cases, and the folder that keeps what is done."""

    size: int
    folder: Path

    def record(self, case: Case, shot: Shot) -> dict[str, Any]:
        """Return every measure of a case on a shot, from the folder where it is done already."""
        place = self.folder / self.key(case, shot)
        if not self.done(case, shot):
            draft = place.with_name(f".{place.name}.part")
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir(parents=True)
            found = self.made(case, shot, draft)
            (draft / "record.json").write_text(json.dumps(found, indent=1))
            os.replace(draft, place)
        return json.loads((place / "record.json").read_text())

    def done(self, case: Case, shot: Shot) -> bool:
        """Return whether the folder holds the record of a case on a shot."""
        return (self.folder / self.key(case, shot) / "record.json").is_file()

    def key(self, case: Case, shot: Shot) -> str:
        """Return the name of a case's folder: what it is, and a digest of what it depends on."""
        video = sections().video.model_dump(exclude={"clips", "variants"})
        video["motion"] = moving(case)
        what = (version(), video, dict(case.choice), shot.caption, shot.picture.tobytes().hex())
        return f"{shot.name}-{shot.seed}-{case.name}-{items.key(*what, self.size)[:12]}"

    def made(self, case: Case, shot: Shot, draft: Path) -> dict[str, Any]:
        """Make the film of a case, draw its sheet and its slice into `draft`, and measure it."""
        scene, motion = prepared(shot, moving(case))
        size = shot.picture.shape[:2]
        painter = filming.load_painter(sections(), digests(), size)
        film = registry.build(FRAMES, case.choice, what=case.name)(scene, painter)
        overview, frames = Overview(film.frames), []
        for number in range(film.frames):
            frames.append(film.frame(number))
            overview.add(frames[-1])
        overview.write(draft, "film")
        clip = np.stack(frames)
        measures = metrics.measure(clip, scene.displacement) | beside(clip, scene)
        if shot.name in FACES:
            kept = face(clip, scene.displacement, FACES[shot.name])
            measures |= {"face": min(kept), "face_mean": float(np.mean(kept))}
        return {
            "case": case.name,
            "picture": shot.name,
            "seed": shot.seed,
            "measures": measures | phases(motion),
        }


@cache
def sections() -> filming.Sections:
    """Return the parameters."""
    names = ("video", "features", "impressions", "runtime")
    return filming.Sections(*(params.load(name) for name in names))


@cache
def digests() -> tuple[str, str]:
    """Return those of the models."""
    return filming.digest("base"), filming.digest("controlnet")


@cache
def version() -> list[str]:
    """Return what all cases depend on."""
    return [code.version("tasks.video.stage"), filming.digest("som"), *digests()]


@cache
def reader() -> Any:
    """Return the extractor."""
    return stored(sections().features, sections().impressions)


def moving(case: Case) -> dict[str, Any]:
    """Return the motion of a case."""
    motion = dict(sections().video.motion)
    return motion if case.amplitude is None else motion | {"amplitude": case.amplitude}


def prepared(shot: Shot, choice: Mapping[str, Any]) -> tuple[Scene, Motion]:
    """Return the scene of a shot that moves by that choice, and the phases that move it."""
    dynamics, named = sections().video.dynamics(), {"name": shot.name, "seed": shot.seed}
    motion = preparation.motion(reader(), shot.picture, dynamics, choice, **named)
    scene = preparation.scene(
        reader(), shot.picture, motion.displacement(), caption=shot.caption, **named
    )
    return scene, motion


def beside(clip: np.ndarray, scene: Scene) -> dict[str, float]:
    """Return the likeness of a clip and its impressions."""
    values = metrics.reduced(clip)
    maps = displaced_maps(scene, values.shape[1:3], range(len(values)))
    return likeness(values, np.moveaxis(maps[:, :3], 1, -1).clip(0, 1))


def face(clip: np.ndarray, displacement: Displacement, box: tuple[float, ...]) -> list[float]:
    """Return, for each frame, how the face of the first frame correlates with what is there where
    the motion has carried it.
    """
    luma = metrics.reduced(clip) @ metrics.LUMA
    height, width = luma.shape[1:]
    rows = slice(round(box[1] * height), round(box[3] * height))
    columns = slice(round(box[0] * width), round(box[2] * width))
    first = luma[0][rows, columns]
    return [
        correlation(
            first,
            carried(frame[..., None], displacement.flow(0, step, height, width)).reshape(
                height, width
            )[rows, columns],
        )
        for step, frame in enumerate(luma)
    ]


def phases(motion: Motion) -> dict[str, float]:
    """Return the order of the phases, in the mean over the loop."""
    fields = [field.astype(np.float64) for field in motion.phase]
    return {
        "order": float(np.mean([abs(order.order_parameter(field)) for field in fields])),
        "local_order": float(np.mean([order.local_order(field, 1.0).mean() for field in fields])),
        "vortices": float(np.mean([vortex.vortices(field) for field in fields])),
    }
