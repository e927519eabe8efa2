"""Render: clips of any pictures, with the map and the models that the pipeline has made.

python -m flows.render photo.jpg --prompt "a harbour at dusk" --out clips --seconds 4
"""

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from tasks.core import backend, params, progress, project, registry
from tasks.core.errors import InputError
from tasks.pictures import reading
from tasks.video import rendering, stage
from tasks.video.impression_painter import ImpressionPainter
from tasks.video.registry import FRAMES
from tasks.video.scene import Painter

VARIANT = "kuramoto"
LONGEST = 3600
log = logging.getLogger("impression_fields")


def arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    """Return what the command line asks for, its paths absolute."""
    parser = argparse.ArgumentParser(prog="python -m flows.render", description=__doc__)
    add = parser.add_argument
    add("pictures", metavar="PICTURE", type=Path, nargs="+")
    add("--prompt", default="", help="what to paint (default: what the impression suggests)")
    add("--out", type=Path, required=True, help="folder for the clips")
    add("--seconds", type=float, help="length of the loop (default: video.frames / video.rate)")
    add("--fps", type=int, help="frames a second (default: video.rate)")
    add("--seed", type=int, help="(default: runtime.seed)")
    add("--size", type=int, default=512, help="shorter side, pixels (default: %(default)s)")
    add("--preview", action="store_true", help="show the impression in motion, paint nothing")
    add("--root", type=Path, help="the project's folder, where it is not the current one")
    asked = parser.parse_args(words)
    asked.pictures, asked.out = [path.absolute() for path in asked.pictures], asked.out.absolute()
    return asked


def sections(asked: argparse.Namespace) -> stage.Sections:
    """Return the parameters, changed by what the command line asks for."""
    video, features, impressions, runtime = (
        params.load(name) for name in ("video", "features", "impressions", "runtime")
    )
    video = changed(video, rate=asked.fps)
    if asked.seconds is not None:
        if not 0 < asked.seconds <= LONGEST:
            raise InputError(f"--seconds: {asked.seconds:g} is not above 0 and up to {LONGEST}")
        video = changed(video, frames=round(asked.seconds * video.rate))
    return stage.Sections(video, features, impressions, changed(runtime, seed=asked.seed))


def changed(section: Any, **values: Any) -> Any:
    """Return the section with those values that are given, checked as params.yaml is."""
    given = {name: value for name, value in values.items() if value is not None}
    try:
        return type(section).model_validate({**section.model_dump(), **given})
    except ValidationError as error:
        raise InputError(f"command line: {registry.first_problem(error)}") from None


def stills(asked: argparse.Namespace, chosen: stage.Sections) -> list[rendering.Still]:
    """Return the pictures, read and cut."""
    names = [path.stem for path in asked.pictures]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise InputError(f"{twice[0]}: two pictures would make a clip of this name; rename one")
    upscale = chosen.video.variants[VARIANT].get("upscale", 1)
    limit, stride = params.load("pictures").max_pixels, chosen.features.stride
    found = []
    for path, name in zip(asked.pictures, names, strict=True):
        picture = rendering.paintable(
            reading.load(path, max_pixels=limit),
            asked.size,
            stride=stride,
            upscale=upscale,
            name=str(path),
        )
        found.append(rendering.Still(name, asked.prompt, picture, chosen.runtime.seed))
    return found


def painter(asked: argparse.Namespace, chosen: stage.Sections, size: tuple[int, int]) -> Painter:
    """Return the diffusion model or, for a preview, what shows the impression itself."""
    if asked.preview:
        return ImpressionPainter(size)
    return stage.load_painter(chosen, (stage.digest("base"), stage.digest("controlnet")), size)


def render(asked: argparse.Namespace) -> None:
    """Make a clip of every picture."""
    chosen = sections(asked)
    if VARIANT not in chosen.video.variants:
        raise InputError(
            f"params.yaml: video.variants: {VARIANT!r} is missing, which render makes"
        )
    recipe = rendering.Recipe(
        extractor=stage.load_extractor(chosen),
        dynamics=chosen.video.dynamics(),
        motion=chosen.video.motion,
        frames=registry.build(FRAMES, chosen.video.variants[VARIANT], what="video.variants"),
        form=stage.form(chosen.video),
    )
    found = stills(asked, chosen)
    try:
        asked.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{asked.out}: no folder for clips ({error.strerror})") from None
    for still in found:
        paint = painter(asked, chosen, still.picture.shape[:2])
        with progress.shown(still.name, chosen.video.frames, unit="frame") as advance:
            for _ in rendering.render(still, recipe, paint, asked.out):
                advance()
        log.info("%s", asked.out / f"{still.name}.mp4")


def main(words: Sequence[str] | None = None) -> None:
    """Run the command: exit status 0, or 1 after one line about the user's mistake."""
    asked = arguments(words)
    progress.speak(log)
    try:
        project.enter(asked.root)
        backend.configure(params.load("runtime").threads)
        render(asked)
    except InputError as error:
        sys.exit(f"render: {error}")
    except KeyboardInterrupt:
        sys.exit("render: stopped")


if __name__ == "__main__":
    main()
