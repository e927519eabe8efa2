"""The stage: clips of photographs by a tiny model; resumed, repeated, refused."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from tasks.core import items, registry, store
from tasks.core.errors import InputError
from tasks.impressions.stored import stored
from tasks.video import stage
from tasks.video.files import clip
from tasks.video.registry import FRAMES
from tasks.video.takes import filming, preparation
from tests.controlnet.small import each
from tests.video import small


def plan(**changes: object) -> list[stage.Part]:
    return stage.plan(small.sections(**changes), folder=Path("data/inbox"), max_pixels=100_000)


def run(**changes: object) -> list[stage.Part]:
    parts = plan(**changes)
    each(stage.make, parts)
    stage.assemble(parts)
    return parts


def table(*shots: str) -> None:
    Path("data/shots.yaml").write_text("shots:\n" + "".join(f"  - {{{each}}}\n" for each in shots))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small project in which the stage has run."""
    folder = tmp_path_factory.mktemp("project")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        small.write()
        run()
    return folder


@pytest.fixture
def finished(written: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return what the stage left behind, the current directory being the project."""
    monkeypatch.chdir(written)
    return store.folder("video")


@pytest.fixture
def project(written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a fresh copy of the small project, before the stage, as the current directory."""
    shutil.copytree(written / "data", tmp_path / "data", ignore=shutil.ignore_patterns("video"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_variant_of_every_photograph_is_there(finished: Path) -> None:
    clips = json.loads((finished / stage.INDEX).read_text())
    wanted = [(name, variant) for name in small.NAMES for variant in small.VARIANTS]
    assert [(entry["name"], entry["variant"]) for entry in clips] == wanted
    for name, variant in wanted:
        side = 64 if variant == "kuramoto" else 32
        assert clip.read(finished / name, variant).shape == (6, side, side, 3)
        assert (finished / name / f"{variant}.mp4").stat().st_size > 500


def test_all_variants_of_a_photograph_are_told_the_same_motion(finished: Path) -> None:
    grids = [clip.displacement(finished / "cat", variant).grid for variant in small.VARIANTS]
    assert all(np.array_equal(grid, grids[0]) for grid in grids)
    assert not np.array_equal(clip.displacement(finished / "cup", "kuramoto").grid, grids[0])


@pytest.mark.parametrize("variant", small.VARIANTS)
def test_a_frame_alone_is_the_frame_of_the_run(finished: Path, variant: str) -> None:
    sections = small.sections()
    photograph = store.read("pictures", stage.WHOLE_PHOTOGRAPHS)["photograph"][0].values
    motion = clip.displacement(finished / "cat", variant)
    scene = preparation.scene(
        stored(sections.features, sections.impressions),
        photograph,
        motion,
        name="cat",
        caption="a cat",
        seed=0,
    )
    painter = filming.load_painter(sections, ("", ""), photograph.shape[:2])
    way = registry.build(FRAMES, small.VALUES["variants"][variant], what=variant)
    alone = way(scene, painter).frame(5)
    assert np.array_equal(alone, clip.read(finished / "cat", variant)[5])


def test_a_run_that_was_cut_goes_on_to_the_same_bytes(project: Path, written: Path) -> None:
    parts = plan()
    each(stage.make, parts[3:])  # the rest was lost, or made in another order
    made = {path: path.stat().st_mtime_ns for path in items.ITEMS.rglob("*.mkv")}
    run()
    assert all(path.stat().st_mtime_ns == time for path, time in made.items())
    assert store.digest(project / "data/video") == store.digest(written / "data/video")


def test_only_what_changed_is_made_again(finished: Path) -> None:
    before = {part.key for part in plan()}
    variants = dict(small.VALUES["variants"], frozen={"name": "frozen", "upscale": 2})
    after = [part for part in plan(variants=variants) if part.key not in before]
    assert {part.work.take.variant for part in after} == {"frozen"}
    assert not {part.key for part in plan(rate=13)} & before


@pytest.mark.parametrize("missing", ["som", "base", "controlnet"])
def test_a_missing_input_says_what_to_run(project: Path, missing: str) -> None:
    shutil.rmtree(project / "data" / missing)
    with pytest.raises(InputError, match=f"run: dvc repro {missing}"):
        plan()


DRIFT = {"name": "drift", "disorder": 0.1, "settle": 0.0, "blend": 6}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"integrator": {"name": "rk4", "step": 9.0}}, r"step: 9 is not stable .* the bound is"),
        ({"frequencies": DRIFT}, r"frames: 6 are too few for a loop that blends 6"),
    ],
)
def test_what_the_oscillators_cannot_do_is_told_with_the_plan(
    project: Path, changes: dict, said: str
) -> None:
    with pytest.raises(InputError, match=rf"^video\.\w*\.?{said}"):
        plan(**changes)


def test_a_codec_that_ffmpeg_does_not_know_is_refused_before_anything(project: Path) -> None:
    with pytest.raises(InputError, match=r"video\.codec: 'no_such_codec' is no encoder of"):
        plan(codec="no_such_codec")


@pytest.mark.parametrize("name", ["tangent_shimmer", "codebook_lookup"])
def test_a_shimmering_picture_is_rendered_from_its_map(project: Path, name: str) -> None:
    shimmer = {"name": name, "amplitude": 1.0, "smoothing": 0.1, "coherence": 1.0}
    both = {"name": "waves_and_shimmer", "waves": small.VALUES["motion"], "shimmer": shimmer}
    table("picture: cat")
    run(motion=both)
    folder = store.folder("video") / "cat"
    assert clip.displacement(folder, "kuramoto").strays
    quiet = clip.displacement(folder, "kuramoto").grid
    run()
    assert np.array_equal(clip.displacement(folder, "kuramoto").grid, quiet)
