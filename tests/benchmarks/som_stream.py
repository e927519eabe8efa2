"""Data larger than memory: what streaming costs, how much memory it takes, and what growing
samples give; prints JSON.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import zarr
from zarr.codecs import BloscCodec

from tasks.som.lattices.lattice import Rect
from tasks.som.neighbourhoods.neighbourhood import Gaussian
from tasks.som.samples import budget, fixed_point, growth, standardisation
from tasks.som.samples.source import Table
from tasks.som.samples.standardised import Standardised
from tasks.som.search import compiled
from tasks.som.starts.initialisation import principal_plane
from tasks.som.training import train
from tests.benchmarks.som_data import image_features
from tests.benchmarks.som_peers import widths
from tests.benchmarks.som_race import peak, quality, reset_peak

CHUNK = 1 << 16
CODECS = {"raw": None, "lz4": BloscCodec(cname="lz4", clevel=1, shuffle="shuffle")}


def main() -> None:
    """Measure the part that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=["growing", "streaming", "memory"])
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--side", type=int, required=True)
    parser.add_argument("--limit", type=int, default=200)
    given = parser.parse_args()
    if given.part == "growing":
        result = growing(given.rows, given.side)
    elif given.part == "streaming":
        result = streaming(given.rows, given.side)
    else:
        result = memory(given.rows, given.side, given.limit)
    json.dump(result, sys.stdout)


def growing(rows: int, side: int, epochs: int = 10) -> dict:
    """Return how well maps of all and of growing samples fit samples that neither saw."""
    table = fixed_point.samples(image_features(rows + 100_000))
    samples, unseen = table[:rows], table[rows:]
    start = principal_plane(samples, Rect(side, side))
    result = {}
    for name in ("full", "grow"):
        shares = growth.shares(name, epochs, rows)
        begin = time.process_time()
        *_, last = train(
            samples,
            start,
            Rect(side, side),
            Gaussian(),
            widths("exponential", side, epochs),
            shares=shares,
        )
        cpu = time.process_time() - begin
        qe, te = quality(last.weights, unseen, side)
        result[name] = {"work": sum(shares), "cpu": cpu, "qe": qe, "te": te}
    return result


def streaming(rows: int, side: int, repeats: int = 4) -> dict:
    """Return the CPU time of one epoch in memory and from Zarr, in turn, the least of each."""
    samples = fixed_point.samples(image_features(rows))
    start = principal_plane(samples, Rect(side, side))
    with tempfile.TemporaryDirectory() as folder:
        tables = {"memory": samples}
        for name, codec in CODECS.items():
            tables[name] = _store(Path(folder) / f"{name}.zarr", rows, codec)
            for first in range(0, rows, CHUNK):
                tables[name][first : first + CHUNK] = samples[first : first + CHUNK]
        best = dict.fromkeys(tables, np.inf)
        for _ in range(repeats):
            for name, table in tables.items():
                begin = time.process_time()
                list(train(table, start, Rect(side, side), Gaussian(), [2.0]))
                best[name] = min(best[name], time.process_time() - begin)
    return best


def memory(rows: int, side: int, limit: int) -> dict:
    """Return the growth of the resident set in MiB during standardisation, start and one epoch of
    samples in a Zarr store, under a limit of `limit` MiB.
    """
    features = image_features(1 << 18)
    block = budget.block(limit, features.shape[1], side * side, CHUNK * features.shape[1] * 4)
    with tempfile.TemporaryDirectory() as folder:
        array = _store(Path(folder) / "samples.zarr", rows, None)
        for first in range(0, rows, CHUNK):
            offset = first % len(features)
            array[first : first + CHUNK] = features[offset : offset + CHUNK][: rows - first]
        del features
        _fit(Table(array[:2000], block), side)
        before = reset_peak()
        _fit(Table(array, block), side)
        return {"mebibytes": peak() - before, "limit": limit, "rows": rows, "block": block}


def _fit(raw: Table, side: int) -> np.ndarray:
    found = standardisation.gathered(raw.blocks())
    standard = Standardised(standardisation.from_moments(found, np.ones(raw.features)), found)
    data = standard.source(raw)
    start = principal_plane(data, Rect(side, side))
    jit = compiled.available()
    *_, last = train(data, start, Rect(side, side), Gaussian(), [2.0], jit=jit)
    return last.weights


def _store(path: Path, rows: int, codec: BloscCodec | None) -> zarr.Array:
    return zarr.create_array(
        path, shape=(rows, 16), chunks=(CHUNK, 16), dtype="float32", compressors=codec
    )


if __name__ == "__main__":
    main()
