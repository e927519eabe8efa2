"""The settings that are shipped, on three photographs: impressions in motion, nothing painted."""

import hashlib
import logging
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from skimage.data import astronaut, chelsea, coffee

from tasks.core import params, registry
from tasks.features.extract import build, extract
from tasks.impressions.extract import Extractor, extractor
from tasks.kuramoto.diagnosis import diagnose
from tasks.som.basins import basins
from tasks.som.codebook import Codebook
from tasks.som.estimator.som import SOM
from tasks.som.quality import u_matrix
from tasks.som.samples import standardisation
from tasks.video.measures.metrics import measure
from tasks.video.motions.motion import Motion
from tasks.video.painters.impression_painter import ImpressionPainter
from tasks.video.registry import FRAMES
from tasks.video.takes import preparation

ROOT = Path(__file__).resolve().parents[2]
SIDE, NODES, SEED = 256, 32, 1
NAMES = ("astronaut", "coffee", "chelsea")
FINGERPRINT = """
import sys
import cv2
cv2.setNumThreads(int(sys.argv[1]))
from tests.video import test_photographs as here
print(here.fingerprint("astronaut"))
"""


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@cache
def photographs() -> dict[str, np.ndarray]:
    """Return the middle squares, by every second or third pixel or so: 256 a side."""
    squares = {}
    for name, whole in zip(NAMES, (astronaut(), coffee(), chelsea()), strict=True):
        side = min(whole.shape[:2])
        top, left = ((length - side) // 2 for length in whole.shape[:2])
        places = np.arange(SIDE) * side // SIDE
        squares[name] = np.ascontiguousarray(whole[top + places][:, left + places])
    return squares


@cache
def read() -> Extractor:
    """Return the extractor over a map of the three photographs, with the parameters shipped."""
    features, shown = params.load("features"), params.load("impressions")
    pictures = np.stack(list(photographs().values()))
    found = extract(pictures, build(features.extractors), features.cell, features.stride)
    values = found.values.reshape(-1, len(found.names))
    rule = standardisation.fit(values, found.weights)
    fitted = SOM(shape=(NODES, NODES), sigma=(8.0, 1.0)).fit(rule.apply(values))
    weights = rule.undo(fitted.codebook_)
    book = Codebook(weights, found.names, rule, {"name": "rect", "torus": False})
    cluster, seat = basins(u_matrix(book.nodes, book.lattice), book.lattice, 24)
    node = ("row", "col")
    variables = {
        "codebook": ((*node, "feature"), book.weights),
        "feature": (("feature",), np.array(book.names)),
        "mean": (("feature",), rule.mean),
        "scale": (("feature",), rule.scale),
        "cluster": (node, cluster.astype(np.int32)),
        "seat": ((*node, "axis"), seat.astype(np.int32)),
    }
    som = xr.Dataset(variables, attrs={"topology": {"name": "rect", "torus": False}})
    return extractor(som, features.extractors, features.cell, features.stride, shown.decoders)


def moved(name: str, **changes: float) -> Motion:
    """Return the motion of a photograph, its choice changed."""
    video, picture = params.load("video"), photographs()[name]
    choice = {**video.motion, **changes}
    return preparation.motion(read(), picture, video.dynamics(), choice, name=name, seed=SEED)


@cache
def filmed(name: str) -> tuple[Motion, dict[str, float]]:
    """Return the motion of a photograph, and the measures of its impression in motion."""
    video, motion = params.load("video"), moved(name)
    displacement = motion.displacement()
    scene = preparation.scene(
        read(), photographs()[name], displacement, name=name, caption="", seed=SEED
    )
    way = registry.build(FRAMES, video.variants["kuramoto"], what="video.variants")
    film = way(scene, ImpressionPainter((SIDE, SIDE)))
    frames = np.stack([film.frame(number) for number in range(film.frames)])
    return motion, measure(frames, displacement)


def fingerprint(name: str) -> str:
    """Return a digest of all phases and of the impression."""
    motion, maps = moved(name), read()(photographs()[name][None])
    return hashlib.sha256(motion.phase.tobytes() + maps.tobytes()).hexdigest()


@pytest.mark.parametrize("name", NAMES)
def test_a_clip_moves_as_it_is_told_keeps_its_layout_and_closes(name: str) -> None:
    _, found = filmed(name)
    assert found["least_determinant"] >= 0.5
    assert found["motion"] >= 0.1
    assert found["tof"] <= 0.25
    assert found["gain"] >= 0.8
    assert found["layout"] >= 0.85
    assert found["flicker_share"] <= 0.005
    assert found["jerk"] <= 0.45
    assert found["contrast"] >= 1.0
    assert 0.7 <= found["closure"] <= 1.3


@pytest.mark.parametrize("name", NAMES)
def test_the_wave_is_locked_and_its_phases_close(name: str) -> None:
    motion, _ = filmed(name)
    found = diagnose(motion.phase)
    assert (found["locked"], found["vortices"]) == (1.0, 0.0)
    steps = np.angle(np.exp(1j * np.diff(motion.phase.astype(np.float64), axis=0)))
    last = np.angle(np.exp(1j * (motion.phase[0] - motion.phase[-1]).astype(np.float64)))
    np.testing.assert_allclose(last, steps.mean(0), atol=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_five_times_the_amplitude_is_limited_where_it_would_tear(name: str, caplog) -> None:
    asked = 5 * params.load("video").motion["amplitude"]
    with caplog.at_level(logging.WARNING, "impression_fields"):
        displacement = moved(name, amplitude=asked).displacement()
    assert displacement.amplitude < asked
    assert displacement.least_determinant >= 0.5 - 1e-4
    assert "limited to" in caplog.text


def test_two_processes_and_any_number_of_threads_make_the_same_bytes() -> None:
    found = {
        subprocess.run(
            [sys.executable, "-c", FINGERPRINT, threads],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for threads in ("1", "2", "4")
    }
    assert found == {fingerprint("astronaut") + "\n"}
