"""Coherence of clips: ours beside every other way of making frames, with the trained model.

    python -m tests.benchmarks.video --json FILE [--check] [--data DIR] [--shots N] [--size PIXELS]

Held-out photographs (astronaut, coffee, chelsea), three seeds each (of the noise and of the wave),
are painted by every way of `tasks.video.registry`, 48 frames a loop, with the base model and the
ControlNet that the pipeline has left in `data/`; all of `tasks.video.measures` is taken of each.
`round_trip` is the moved picture through the autoencoder alone: where it fails, no way that paints
every frame in latents can pass. DIR holds the photographs of Flickr8k; on two of them, and on
astronaut, a face is followed. What is done is kept in a folder (`--cache`) and not done again;
beside each record lie a contact sheet and a slice through time. `--check` exits with 1 where a
goal is missed.
"""

import argparse
import json
import os
import platform
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"))

import numpy as np
from tqdm import tqdm

from tasks.core import backend
from tests.benchmarks import video_cases, video_costs, video_goals, video_shots
from tests.benchmarks.video_cases import OURS, Bench, Case
from tests.benchmarks.video_shots import Shot

SHOWN = (
    ("e_warp", "e_warp_analytic", "unexplained", "flicker", "flicker_share", "jerk", "melt"),
    ("layout", "closure", "contrast", "motion", "motion_measured", "tof", "gain"),
    ("advected", "stuck", "slip", "follow", "pace", "face", "face_mean"),
    ("least_determinant", "beyond", "stretched", "dulled", "order", "local_order", "vortices"),
)
FACED = (OURS, "chained")


def plan(given: argparse.Namespace) -> list[tuple[Case, Shot]]:
    """Return all cases of all shots, shot by shot of the first case, then of the next."""
    cases, shots = (
        video_cases.cases(given.quick),
        video_shots.photographs(given.size, given.shots),
    )
    work = [(case, shot) for case in cases for shot in shots]
    if given.data:
        watched = video_shots.faces(given.data, given.size)
        work += [(case, shot) for case in cases if case.name in FACED for shot in watched]
    return work


def summary(records: Sequence[dict[str, Any]]) -> dict[str, dict[str, dict[str, float]]]:
    """Return mean, least and greatest figure by case and measure, faces of Flickr8k apart."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    for record in records:
        for name in record["measures"]:
            case = found.setdefault(record["case"], {})
            if name not in case:
                values = [
                    r["measures"][name]
                    for r in records
                    if r["case"] == record["case"] and name in r["measures"]
                ]
                case[name] = {
                    "mean": round(float(np.mean(values)), 5),
                    "least": round(min(values), 5),
                    "greatest": round(max(values), 5),
                    "clips": len(values),
                }
    return found


def measured(given: argparse.Namespace) -> dict[str, float]:
    """Return what writing and previewing cost, from the folder where it is known already."""
    place = given.cache / "costs.json"
    known = json.loads(place.read_text()) if place.is_file() else {}
    if not known and not given.done:
        known = video_costs.measured()
        place.write_text(json.dumps(known))
    return known


def table(figures: dict[str, dict[str, dict[str, float]]]) -> str:
    """Return the figures as tables: mean (least..greatest)."""
    lines = []
    for names in SHOWN:
        lines.append(f"{'':18}" + "".join(f"{name:>24}" for name in names))
        for case, measures in figures.items():
            cells = [cell(measures[name]) if name in measures else "-" for name in names]
            lines.append(f"{case:18}" + "".join(f"{text:>24}" for text in cells))
        lines.append("")
    return "\n".join(lines)


def cell(figure: dict[str, float]) -> str:
    """Return one figure."""
    return f"{figure['mean']:.3f} ({figure['least']:.3f}..{figure['greatest']:.3f})"


def arguments() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    add = parser.add_argument
    add("--json", type=Path, required=True)
    add("--check", action="store_true")
    add("--data", type=Path, help="folder with the photographs of Flickr8k")
    add("--shots", type=int, default=9, help="pictures times seeds, at most")
    add("--size", type=int, default=128, help="side at which is painted, pixels")
    add("--cache", type=Path, default=Path(".cache/benchmarks/video"))
    add("--done", action="store_true", help="tell what is done, and do no more")
    add("--quick", action="store_true", help="only what the goals need, on one shot")
    given = parser.parse_args()
    given.shots = 1 if given.quick else given.shots
    return given


def main() -> None:
    """Make, measure, print, write, and check where asked."""
    given = arguments()
    backend.configure(1)
    bench, records = Bench(given.size, given.cache), []
    work = [(c, s) for c, s in plan(given) if not given.done or bench.done(c, s)]
    for case, shot in tqdm(work, desc="cases", unit="case"):
        records.append(bench.record(case, shot))
    main_records = [r for r in records if r["picture"] not in video_shots.CAPTIONS]
    figures, costs = summary(main_records), measured(given)
    goals = [*video_goals.goals(records), *video_goals.costs(costs)]
    print(table(figures))
    for goal in goals:
        sign = ">=" if goal.at_least else "<="
        print(f"{goal.title:48} {goal.worst:8.3f} {sign} {goal.bound:<6} {goal.kept}")
    result = {
        "quick": given.quick,
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores",
        "size": given.size,
        "shots": given.shots,
        "whole": not given.done,
        "figures": figures,
        "goals": [goal._asdict() | {"kept": goal.kept} for goal in goals],
        "costs": costs,
        "records": records,
    }
    given.json.parent.mkdir(parents=True, exist_ok=True)
    given.json.write_text(json.dumps(result, indent=1) + "\n")
    missed = [f"missed: {goal.title}: {goal.worst:.3f}" for goal in goals if not goal.kept]
    if given.check and missed:
        sys.exit("\n".join(missed))


if __name__ == "__main__":
    main()
