"""Videos in: frames at their rate, impressions at rest, paintings that follow the motion."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest

from tasks.core.errors import InputError
from tasks.video.frames.carried_keyframes import CarriedKeyframes
from tasks.video.measures.metrics import LUMA, reduced, temporal
from tasks.video.takes.footage import Footage, facts
from tasks.video.takes.moving_scene import MovingScene, moving_scene
from tasks.video.takes.steadying import Chain
from tests.video.clips import film, sliding
from tests.video.toy import ToyPainter

FRAMES, SIDE = 12, 64
CHAIN = Chain(strength=0.4, likeness=0.2, iterations=2)


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Footage:
    path = tmp_path_factory.mktemp("footage") / "walk.mp4"
    film(path, frames=FRAMES, rate=6, size=(SIDE, SIDE), step=2)
    return Footage(path, "digest", 6, FRAMES / 6, SIDE, 4, 1)


@dataclass(frozen=True)
class Coarse:
    """Stands for the extractor: mean colours of cells, and flicker that no picture has."""

    flicker: float = 0.0

    def __call__(self, pictures: np.ndarray) -> np.ndarray:
        small = cv2.resize(pictures[0], (16, 16), interpolation=cv2.INTER_AREA) / np.float32(255)
        rng = np.random.default_rng(int(pictures.astype(np.int64).sum()))
        shaken = small + self.flicker * rng.standard_normal(small.shape, np.float32)
        planes = np.moveaxis(np.clip(shaken, 0, 1), -1, 0)
        return np.concatenate([planes, planes, planes[:1]])[None]


def scene(footage: Footage, chain: Chain = CHAIN, flicker: float = 0.0) -> MovingScene:
    read = Coarse(flicker)
    return moving_scene(footage, read, chain, frames=FRAMES, name="w", caption="", seed=1)  # pyright: ignore[reportArgumentType]


def test_frames_come_in_any_order_as_they_were_shown(footage: Footage) -> None:
    wanted = sliding(FRAMES, (SIDE, SIDE), 2)
    for number in (0, 5, 6, 2, 11):
        gaps = np.abs(footage.frame(number).astype(int) - wanted).mean((1, 2, 3))
        assert int(gaps.argmin()) == number
    with pytest.raises(InputError, match="frame 12 cannot be decoded"):
        footage.frame(12)


def test_another_rate_shows_each_frame_at_its_time(footage: Footage) -> None:
    slow = Footage(footage.path, "digest", 3, footage.seconds, SIDE, 4, 1)
    assert slow.frames == FRAMES // 2
    moved = [np.abs(slow.frame(1).astype(int) - footage.frame(k)).mean() for k in range(FRAMES)]
    assert int(np.argmin(moved)) in (1, 2, 3)


def test_what_is_no_video_is_told(tmp_path: Path) -> None:
    (tmp_path / "bad.mp4").write_bytes(b"nothing")
    with pytest.raises(InputError, match=r"bad\.mp4: not readable as a video"):
        facts(tmp_path / "bad.mp4", max_pixels=10**6)


def test_a_video_of_too_many_pixels_is_refused(footage: Footage) -> None:
    with pytest.raises(InputError, match="64x64 pixels, more than"):
        facts(footage.path, max_pixels=1000)


def test_a_chain_pulls_flicker_to_rest_and_lets_changes_be() -> None:
    rng = np.random.default_rng(0)
    level = np.repeat([[0.3], [0.9]], [6, 6], axis=0) * np.ones((12, 400))
    noisy = np.clip(level + 0.04 * rng.standard_normal(level.shape), 0, 1).astype(np.float32)
    chain = Chain(strength=0.4, likeness=0.15, iterations=3)
    steady = np.stack([chain(noisy, k) for k in range(12)])
    assert (steady - level).std() < 0.6 * (noisy - level).std()
    assert np.abs(steady[5:7].mean(1) - [0.3, 0.9]).max() < 0.03


def test_a_window_is_enough_for_a_frame() -> None:
    values = np.random.default_rng(1).random((15, 50)).astype(np.float32)
    np.testing.assert_allclose(CHAIN(values, 7), CHAIN(values[5:10], 2), atol=1e-6)


def test_a_chain_without_iterations_changes_nothing() -> None:
    values = np.random.default_rng(1).random((3, 50)).astype(np.float32)
    assert np.array_equal(Chain(0.4, 0.1, 0)(values, 1), values[1])


def test_impressions_are_steadier_than_those_of_single_frames(footage: Footage) -> None:
    def flicker(chain: Chain) -> float:
        film = scene(footage, chain, flicker=0.05)
        maps = np.stack([film.impression(k / FRAMES)[:3] for k in range(FRAMES)])
        return temporal(np.moveaxis(maps, 1, -1) @ LUMA)["flicker"]

    assert flicker(CHAIN) < 0.7 * flicker(Chain(0.4, 0.2, 0))


def test_the_flow_is_the_motion_of_the_video(footage: Footage) -> None:
    flow = scene(footage).flow(4, 6, 128, 128)[32:-32, 32:-32]
    np.testing.assert_allclose(flow.mean((0, 1)), [8, 0], atol=1)


def test_carried_paintings_flicker_less_than_those_of_each_frame(footage: Footage) -> None:
    def shown(every: int, flicker: float) -> np.ndarray:
        film = CarriedKeyframes(every, 1)(scene(footage, CHAIN, flicker), ToyPainter())
        return reduced(np.stack([film.frame(k) for k in range(FRAMES)])) @ LUMA

    def added(every: int) -> float:
        return temporal(shown(every, 0.2) - shown(every, 0.0))["flicker"]

    assert added(6) < 0.6 * added(1)


def test_a_carried_frame_alone_is_the_frame_of_the_run(footage: Footage) -> None:
    run = CarriedKeyframes(4, 2)(scene(footage), ToyPainter())
    frames = [run.frame(number) for number in range(FRAMES)]
    for number in (7, 11):
        alone = CarriedKeyframes(4, 2)(scene(footage), ToyPainter()).frame(number)
        assert np.array_equal(alone, frames[number])
