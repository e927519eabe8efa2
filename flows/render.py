"""Render: clips of any pictures, with the map and the models that the pipeline has made.

python -m flows.render photo.jpg --prompt "a harbour at dusk" --out clips --seconds 4
python -m flows.render --shots shots.yaml --out clips
"""

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from tasks.core import backend, engine, items, params, progress, project
from tasks.core.errors import InputError
from tasks.video import reporting, stage
from tasks.video.files import gallery
from tasks.video.measures import metrics
from tasks.video.takes import shots
from tasks.video.takes.filming import Work, filmed

WORDS = Path("command line")
"""Where the shots come from that no table holds."""
EVERY, SHORT = 6, 48
"""A preview takes flows at every sixth frame alone, unless its clip has fewer frames than that or
plays its loop by a schedule. Of three photographs that told the same as all frames, within 2 %.
"""
REPORT = "progress.json"
"""How far the clips are, beside them."""

log = logging.getLogger("impression_fields")


def render(
    table: Path | Sequence[shots.Shot],
    out: Path,
    *,
    preview: bool = False,
    seed: int | None = None,
) -> list[Path]:
    """Make the clips of a table, in a file or given, in the folder `out`, with a page that shows
    them all, and return their MP4 files.

    Segments that an earlier run has made are not made again. A preview shows impressions in
    motion, paints nothing, and measures.

    Raises:
        InputError: the user's mistake, before anything is painted.
    """
    given = shots.read(table) if isinstance(table, Path) else table
    where = table if isinstance(table, Path) else WORDS
    with engine.computing("video"):
        items.clear_drafts()
        parts = stage.plan(
            sections(seed),
            folder=None,
            max_pixels=params.load("pictures").max_pixels,
            table=given,
            where=where,
            preview=preview,
        )
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{out}: no folder for clips ({error.strerror})") from None
        gpu = not preview and backend.torch_on_gpu(params.load("runtime").device)
        with reporting.reported(parts, out / REPORT):
            engine.map_shards(stage.make, parts, label="render", gpu=gpu)
        return finish(out, parts)


def finish(out: Path, parts: Sequence[stage.Part]) -> list[Path]:
    """Put the clips and their page into `out`, and return the MP4 files."""
    works = stage.works(parts)
    names = [work.take.name for work in works]
    shown = gallery.Gallery(len(works))
    for work in works:
        take = work.take
        name = take.name if names.count(take.name) == 1 else f"{take.name}_{take.variant}"
        overview = stage.join(work, parts, out, name)
        measures = measured(work) if work.preview and stage.measurable(take) else {}
        shown.add(gallery.Entry(name, take.prompt, measures), overview)
    shown.write(out)
    return [out / f"{entry.name}.mp4" for entry in shown.entries]


def measured(work: Work) -> dict[str, float]:
    """Return the measures of a preview, from its frames: they are still at hand or made again,
    which is sooner done than keeping them without loss and reading them.
    """
    found = filmed(work)
    count = found.film.frames
    plain = found.motion is not None and found.motion.schedule is None and count >= SHORT
    frames = (found.film.frame(number) for number in range(count))
    return metrics.measure(frames, found.displacement, every=EVERY if plain else 1)


def sections(seed: int | None) -> stage.Sections:
    """Return the parameters, with another seed if one is given."""
    names = ("video", "features", "impressions", "runtime")
    video, features, impressions, runtime = (params.load(name) for name in names)
    changed = runtime if seed is None else runtime.model_copy(update={"seed": seed})
    return stage.Sections(video, features, impressions, changed)


def arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    """Return what the command line asks for, its paths absolute."""
    parser = argparse.ArgumentParser(prog="python -m flows.render", description=__doc__)
    add = parser.add_argument
    add("pictures", metavar="PICTURE", type=Path, nargs="*", help="a picture, folder or video")
    add("--shots", type=Path, help="a table of shots, instead of pictures")
    add("--prompt", help="what to paint (default: what the impression suggests)")
    add("--out", type=Path, required=True, help="folder for the clips")
    add("--seconds", type=float, help="length of the clip (default: video.frames / video.rate)")
    add("--fps", type=int, help="frames a second (default: video.rate)")
    add("--seed", type=int, help="(default: runtime.seed)")
    add("--size", type=int, help="shorter side, pixels (default: video.size)")
    add("--preview", action="store_true", help="show the impression in motion, paint nothing")
    add("--root", type=Path, help="the project's folder, where it is not the current one")
    asked = parser.parse_args(words)
    if bool(asked.pictures) == bool(asked.shots):
        parser.error("give either pictures or --shots FILE")
    asked.pictures, asked.out = [path.absolute() for path in asked.pictures], asked.out.absolute()
    asked.shots = asked.shots and asked.shots.absolute()
    return asked


def table(asked: argparse.Namespace) -> Path | list[shots.Shot]:
    """Return the table, or the shots that the command line asks for."""
    if asked.shots:
        return asked.shots
    names = ("prompt", "seconds", "fps", "seed", "size")
    values = {name: getattr(asked, name) for name in names if getattr(asked, name) is not None}
    return [
        shots.checked(shots.Shot, {"picture": str(path), **values}, str(WORDS))
        for path in asked.pictures
    ]


def main(words: Sequence[str] | None = None) -> None:
    """Run the command: exit status 0, or 1 after one line about the user's mistake."""
    asked = arguments(words)
    progress.speak(log)
    try:
        project.enter(asked.root)
        if asked.preview:  # needs no PyTorch, and is the same for any number of threads
            backend.keep_memory()
        else:
            backend.configure(params.load("runtime").threads)
        for path in render(table(asked), asked.out, preview=asked.preview):
            log.info("%s", path)
    except InputError as error:
        sys.exit(f"render: {error}")
    except KeyboardInterrupt:
        sys.exit("render: stopped")


if __name__ == "__main__":
    main()
