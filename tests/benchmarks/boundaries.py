"""Boundaries of impressions against those that people drew, beside Canny's.

    python -m tests.benchmarks.boundaries --data DIR --json FILE [--check] [--every N]

DIR holds photographs NAME.jpg and edges/NAME.png, the mean of the boundary maps that several
people drew (0 to 255), as made from the Berkeley Segmentation Data Set. Upright photographs are
turned, so that all are of one size, cropped to what the stride divides.

A found pixel is right if it lies within 0.0075 of the picture's diagonal of any person's boundary;
a person's boundary pixel is found if a found pixel lies as near to it (distance transforms both
ways, no assignment one to one). Precision is the share of found pixels that are right; recall the
share of all persons' boundary pixels that are found, a pixel counting as often as it was drawn.
Counts are added over the pictures; F = 2PR / (P + R).

Canny's width and thresholds (low = 0.4 high) are those with the highest F on these very pictures.
Every other reading keeps the strongest pixels of its thinned lines, in each picture exactly as
many as Canny found there. Intervals are the middle 95 % of F over pictures drawn with replacement.
"""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import yaml

from tasks.artifacts.som import SOM
from tasks.core import store
from tasks.features import light
from tasks.features.canny import edges
from tasks.impressions.boundaries import Change, change, lines
from tasks.impressions.extract import Extractor, extractor
from tests.benchmarks import scratch

TOLERANCE = 0.0075
WIDTHS = (1.4, 2.0, 2.8, 4.0, 5.6)
THRESHOLDS = (0.008, 0.012, 0.016, 0.02, 0.025, 0.03, 0.04, 0.05, 0.065)
SIGMA = 2.0  # pixels: smoothing of prototypes before they are differentiated
DRAWS = 2000
CLAIM = "prototypes, fine"


class Reading(NamedTuple):
    """How impressions are made, and which of their numbers is taken for a boundary's strength."""

    what: str
    cell: int
    stride: int
    extractors: list[dict[str, Any]] | None = None  # those of params.yaml


TEXTURE = [
    {"name": "lab", "weight": 1.0},
    {"name": "entropy", "weight": 0.7, "levels": 32},
    {"name": "variance", "weight": 0.5},
]
READINGS = {
    "channel edge": Reading("edge", 8, 4),
    "channel edge, fine": Reading("edge", 6, 2),
    "prototypes": Reading("prototypes", 8, 4),
    CLAIM: Reading("prototypes", 6, 2),
    "prototypes, fine, with entropy": Reading("prototypes", 8, 2, TEXTURE),
}


def load(folder: Path, every: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the photographs as sRGB and the mean boundary maps, lying, of one size."""
    photographs, boundaries = [], []
    for file in sorted(folder.glob("*.jpg"))[::every]:
        pair = [
            cv2.imread(str(file))[..., ::-1],
            cv2.imread(str(folder / "edges" / f"{file.stem}.png"), cv2.IMREAD_UNCHANGED),
        ]
        turned = [np.rot90(each) if pair[1].shape[0] > pair[1].shape[1] else each for each in pair]
        height, width = (side // 8 * 8 for side in turned[1].shape)
        photographs.append(turned[0][:height, :width])
        boundaries.append(turned[1][:height, :width])
    if not photographs:
        raise SystemExit(f"{folder}: holds no photographs")
    return np.stack(photographs), np.stack(boundaries)


def counts(found: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Return found pixels that are right, found, weights of drawn pixels that are found, drawn."""
    tolerance = TOLERANCE * np.hypot(*drawn.shape)
    right = found & near(drawn > 0, tolerance)
    weights = drawn / 255
    return np.array(
        [right.sum(), found.sum(), weights[near(found, tolerance)].sum(), weights.sum()]
    )


def near(mask: np.ndarray, tolerance: float) -> np.ndarray:
    """Return the pixels that have one of `mask` within `tolerance` pixels."""
    if not mask.any():
        return mask
    away = (~mask).astype(np.uint8)
    return cv2.distanceTransform(away, cv2.DIST_L2, cv2.DIST_MASK_PRECISE) <= tolerance


def measure(total: np.ndarray) -> np.ndarray:
    """Return F, precision and recall of added counts (along the last axis)."""
    right, found, reached, drawn = np.moveaxis(np.asarray(total, float), -1, 0)
    precision, recall = right / np.maximum(found, 1), reached / np.maximum(drawn, 1e-9)
    f = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    return np.stack([f, precision, recall], axis=-1)


def strongest(strength: np.ndarray, number: int) -> np.ndarray:
    """Return the `number` strongest pixels, the first of equals; never those without strength."""
    flat = strength.ravel()
    chosen = np.argsort(-flat, kind="stable")[:number]
    mask = np.zeros(flat.size, bool)
    mask[chosen[flat[chosen] > 0]] = True
    return mask.reshape(strength.shape)


def best_canny(luma: np.ndarray, drawn: np.ndarray) -> tuple[dict[str, float], np.ndarray]:
    """Return the setting with the highest F, and its counts a picture."""
    best: tuple[float, dict[str, float], np.ndarray] | None = None
    for sigma in WIDTHS:
        for high in THRESHOLDS:
            found = (edges(plane, sigma, 0.4 * high, high) > 0 for plane in luma)
            each = np.stack([counts(*pair) for pair in zip(found, drawn, strict=True)])
            f = measure(each.sum(axis=0))[0]
            if best is None or f > best[0]:
                best = f, {"sigma": sigma, "high": high}, each
    assert best is not None
    return best[1:]


def fitted(folder: Path, reading: Reading, photographs: np.ndarray) -> Extractor:
    """Return the extractor over a map that the stages `features` and `som` trained on all
    photographs.
    """
    chosen = {} if reading.extractors is None else {"extractors": reading.extractors}
    scratch.begin(
        folder,
        {
            "features": {"cell": reading.cell, "stride": reading.stride, **chosen},
            "runtime": {"threads": 1, "device": "cpu"},
        },
    )
    if not (folder / "data" / "pictures").is_dir():
        scratch.write_pictures(folder, photographs.shape[:3], [photographs])
    for stage in ("features", "som"):
        scratch.run(folder, stage)
    section = yaml.safe_load((folder / "params.yaml").read_text())["features"]
    som = store.open_store(folder / "data/som/som.zarr", SOM, remedy="run again")
    names = [str(name) for name in som["feature"].values]
    decoders = [{"name": "edges", "full_scale": 1.0}] if "edge" in names else []
    decoders = decoders or [{"name": "clusters"}]
    return extractor(som, section["extractors"], reading.cell, reading.stride, decoders)


def changes(read: Extractor, reading: Reading, photographs: np.ndarray) -> Iterator[Change]:
    """Yield what a reading sees in each photograph."""
    for photograph in photographs:
        units = read.units(photograph[None])
        shown = change(read.codebook.nodes[units[0]], SIGMA / reading.stride)
        if reading.what == "edge":
            shown = shown._replace(strength=read.decode(units)[0, 0])
        yield shown


def compare(folder: Path, every: int) -> dict[str, Any]:
    """Return the record of all readings."""
    photographs, drawn = load(folder, every)
    setting, canny = best_canny(light.luma(photographs), drawn)
    tables = {"canny": canny}
    place = Path(tempfile.mkdtemp(prefix="boundaries-"))
    try:
        for name, reading in READINGS.items():
            read = fitted(place, reading, photographs)
            each = changes(read, reading, photographs)
            tables[name] = np.stack(
                [
                    counts(strongest(lines(seen, reading.stride, *map_.shape), int(number)), map_)
                    for seen, map_, number in zip(each, drawn, canny[:, 1], strict=True)
                ]
            )
            say(name, tables[name])
    finally:
        shutil.rmtree(place)
    return record(tables, setting, drawn)


def say(name: str, each: np.ndarray) -> None:
    """Print one line of the table."""
    f, precision, recall = measure(each.sum(axis=0))
    print(f"{name:32} F {f:.3f}  precision {precision:.3f}  recall {recall:.3f}", flush=True)


def record(
    tables: dict[str, np.ndarray], setting: dict[str, float], drawn: np.ndarray
) -> dict[str, Any]:
    """Return the figures of every table with their intervals."""
    count = len(drawn)
    drawing = np.random.default_rng(0).integers(0, count, (DRAWS, count))
    spread = {name: measure(each[drawing].sum(axis=1))[:, 0] for name, each in tables.items()}
    rows = {}
    for name, each in tables.items():
        f, precision, recall = measure(each.sum(axis=0))
        beyond = spread[name] - spread["canny"]
        rows[name] = {
            "f": float(f),
            "f_95": np.percentile(spread[name], [2.5, 97.5]).tolist(),
            "precision": float(precision),
            "recall": float(recall),
            "beyond_canny_95": np.percentile(beyond, [2.5, 97.5]).tolist(),
            "density": float(each[:, 1].sum() / drawn.size),
        }
    return {"pictures": count, "canny": setting, "readings": rows}


def problems(found: dict[str, Any]) -> list[str]:
    """Return the lines of the bounds that are broken."""
    low = found["readings"][CLAIM]["beyond_canny_95"][0]
    return [] if low > 0 else [f"{CLAIM}: F beyond Canny's may be as low as {low:.3f}"]


def main() -> None:
    """Compare, print, write, and check where asked."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.boundaries")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--every", type=int, default=1, help="take every n-th photograph only")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    found = compare(options.data, options.every)
    options.json.write_text(json.dumps(found, indent=2) + "\n")
    for name, row in found["readings"].items():
        low, high = row["f_95"]
        print(f"{name:32} F {row['f']:.3f} [{low:.3f}, {high:.3f}]")
    if options.check and (broken := problems(found)):
        sys.exit("\n".join(broken))


if __name__ == "__main__":
    main()
