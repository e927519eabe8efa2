"""The stage: training that goes on where it was cut, the curve, and what is left behind."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from tasks.conditioning import model
from tasks.conditioning.maps import condition
from tasks.conditioning.registry import mode
from tasks.conditioning.request import Request
from tasks.controlnet import network, objective, stage, training
from tasks.core import items, store
from tasks.core.errors import InputError
from tasks.core.random import torch_generator
from tests.conditioning import tiny
from tests.controlnet import small


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small project in which the stage has run."""
    folder = tmp_path_factory.mktemp("project")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        small.write()
        small.train()
    return folder


@pytest.fixture
def project(written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a fresh copy of the small project, before the stage, as the current directory."""
    shutil.copytree(
        written / "data", tmp_path / "data", ignore=shutil.ignore_patterns("controlnet")
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def finished(written: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return what the stage left behind, the current directory being the project."""
    monkeypatch.chdir(written)
    return store.folder("controlnet")


def request(pictures: list[int], folder: Path | None) -> Request:
    data = store.read("pictures", stage.PICTURES).isel(picture=pictures)
    maps = store.read("impressions", stage.IMPRESSIONS).impression.isel(picture=pictures).values
    return Request(
        captions=[str(caption) for caption in data.caption.values],
        names=pictures,
        seed=small.RUNTIME.seed,
        size=(tiny.SIZE, tiny.SIZE),
        steps=2,
        guidance_scale=1.0,
        maps=maps.astype(np.float32),
        controlnet=network.load(folder) if folder else None,
    )


STOCK = """
import sys
import numpy as np, torch
from diffusers import ControlNetModel, StableDiffusionControlNetPipeline
sys.modules["tasks"] = sys.modules["flows"] = None  # installed or not, it cannot be imported
try:
    import tasks
except ImportError:
    pass
else:
    raise SystemExit("the project is importable here")
base, folder, maps, noise, out = sys.argv[1:]
pipeline = StableDiffusionControlNetPipeline.from_pretrained(
    base,
    controlnet=ControlNetModel.from_pretrained(folder),
    safety_checker=None,
    feature_extractor=None,
    requires_safety_checker=False,
)
pictures = pipeline(
    prompt=["a sea", "a red house"],
    image=torch.from_numpy(np.load(maps)),
    latents=torch.from_numpy(np.load(noise)),
    num_inference_steps=2,
    guidance_scale=1.0,
    output_type="np",
).images
np.save(out, pictures)
"""


class CutError(Exception):
    """The end of the process, as far as the training can tell."""


def cut_after(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the training die within the step after `step`."""
    loss = objective.loss
    count = iter(range(100))

    def dying(*arguments: object) -> torch.Tensor:
        if next(count) == step:
            raise CutError
        return loss(*arguments)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(objective, "loss", dying)


@pytest.mark.parametrize("step", [1, 3, 5])
def test_a_training_that_was_cut_goes_on_to_the_same_bytes(
    step: int, project: Path, written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        cut_after(step, patch)
        with pytest.raises(CutError):
            small.train()
    small.train()
    for name in ("diffusion_pytorch_model.safetensors", "config.json", "curve.json"):
        there, here = (root / "data/controlnet" / name for root in (written, project))
        assert there.read_bytes() == here.read_bytes()


def test_a_cut_training_does_not_begin_again(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        cut_after(5, patch)
        with pytest.raises(CutError):
            small.train()
    with monkeypatch.context() as patch:
        cut_after(2, patch)
        small.train()


def test_another_curve_measures_the_same_training(project: Path, written: Path) -> None:
    small.train()
    curve = json.loads(
        (small.train(small.section(curve=[0, 1, 3, 6])) / "curve.json").read_text()
    )["curve"]
    before = json.loads((written / "data/controlnet/curve.json").read_text())["curve"]
    assert [point for point in curve if point["step"] != 1] == before


def test_only_the_newest_state_is_kept(finished: Path) -> None:
    checkpoints = small.plan().run.checkpoints
    assert [step for step in range(8) if items.exists(checkpoints.state(step))] == [6]
    assert [step for step in range(8) if items.exists(checkpoints.snapshot(step))] == [0, 3, 6]


def test_the_first_checkpoint_paints_what_the_base_model_paints(finished: Path) -> None:
    base, held_out = model.load(store.folder("base")), [12, 13]
    untrained = items.path(small.plan().run.checkpoints.snapshot(0))
    controlled = mode({"name": "controlnet", "controlnet_conditioning_scale": 1.0}, what="mode")
    np.testing.assert_array_equal(
        controlled(base, request(held_out, untrained)),
        mode({"name": "none"}, what="mode")(base, request(held_out, None)),
    )


def test_the_curve_names_its_pictures_and_the_best_of_its_points(finished: Path) -> None:
    record = json.loads((finished / "curve.json").read_text())
    assert record["validation"] == [12, 13]
    assert [point["step"] for point in record["curve"]] == [0, 3, 6]
    structure = {point["step"]: point["structure"] for point in record["curve"]}
    assert structure[record["best"]] == max(structure.values())
    chosen = items.path(small.plan().run.checkpoints.snapshot(record["best"]))
    assert store.digest(chosen / "diffusion_pytorch_model.safetensors") == store.digest(
        finished / "diffusion_pytorch_model.safetensors"
    )


def test_pictures_of_every_point_are_kept_where_they_are_wanted(project: Path) -> None:
    folder = small.train(small.section(shown=2))
    sheets = sorted(file.name for file in folder.glob("*.png"))
    assert sheets == ["step_000000.png", "step_000003.png", "step_000006.png"]
    with Image.open(folder / sheets[0]) as sheet:
        assert sheet.size == (2 * tiny.SIZE, tiny.SIZE)


def test_training_lowers_the_loss(project: Path) -> None:
    work = small.plan(small.section(steps=60, curve=[0, 60]))
    small.each(stage.encode, work.blocks)
    base, examples = model.load(store.folder("base")), stage._examples(work.run)
    control, rate = tiny.untrained(base), training.Rate(3e-3, 8.0, 4, 0.9)
    learning = training.begin(control, rate)
    choices = objective.Choices(8, (tiny.SIZE, tiny.SIZE), 0.5, 0.1, 0.0)

    def loss() -> float:
        draws = (torch_generator(1, "test", number) for number in range(8))
        batches = (objective.draw(examples, choices, base.scheduler, draw) for draw in draws)
        with torch.no_grad():
            values = [objective.loss(control, base.unet, base.scheduler, b) for b in batches]
        return float(torch.stack(values).mean())

    before = loss()
    list(training.learn(learning, base, examples, choices, rate, steps=60, seed=0))
    assert loss() < 0.97 * before


def test_a_loss_that_is_not_finite_is_named(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        objective, "loss", lambda network, *rest: network.conv_in.weight.sum() * float("nan")
    )
    with pytest.raises(InputError, match=r"controlnet\.learning_rate: the loss is nan at step 1"):
        small.train()


def test_latents_that_are_not_finite_are_named(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encode = model.DiffusionModel.encode

    def broken(self: model.DiffusionModel, pictures: np.ndarray) -> torch.Tensor:
        latents = encode(self, pictures)
        latents[3] = float("inf")
        return latents

    monkeypatch.setattr(model.DiffusionModel, "encode", broken)
    with pytest.raises(InputError, match="latents of picture 3 are not finite"):
        small.train()


def test_too_few_held_out_scenes_are_refused(project: Path) -> None:
    with pytest.raises(InputError, match=r"5 held-out scenes, but controlnet\.validation is 6"):
        small.plan(small.section(validation=6))


def test_the_saved_controlnet_is_stock(finished: Path, tmp_path: Path) -> None:
    ours = request([12, 13], finished)
    ours = Request(**{**vars(ours), "captions": ["a sea", "a red house"]})
    wanted = condition(ours.maps, ours.size)  # pyright: ignore[reportArgumentType]
    noise = torch.randn((2, tiny.LATENTS, 8, 8), generator=torch.Generator().manual_seed(0))
    np.save(tmp_path / "maps.npy", wanted.numpy())
    np.save(tmp_path / "noise.npy", noise.numpy())
    places = [
        store.folder("base").resolve(),
        finished.resolve(),
        "maps.npy",
        "noise.npy",
        "out.npy",
    ]
    subprocess.run(
        [sys.executable, "-I", "-c", STOCK, *map(str, places)],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    painted = mode({"name": "controlnet", "controlnet_conditioning_scale": 1.0}, what="mode")(
        model.load(store.folder("base")), Request(**{**vars(ours), "given_noise": noise})
    )
    np.testing.assert_allclose(np.load(tmp_path / "out.npy"), painted / 255, atol=3e-3)


def test_consistency_needs_a_channel_that_can_be_read_off_a_picture(monkeypatch) -> None:
    blind = SimpleNamespace(channels=("cluster_row", "cluster_col"))
    monkeypatch.setattr(stage, "_judge", lambda setting: blind)
    setting: Any = SimpleNamespace(
        section=SimpleNamespace(consistency=1.0),
        features=SimpleNamespace(cell=8, stride=4),
        impressions=SimpleNamespace(decoders=[]),
    )
    base: Any = None
    with pytest.raises(InputError, match=r"controlnet\.consistency: the impressions show none of"):
        stage._consistency(setting, base)
