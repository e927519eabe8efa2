"""The whole stage on models of the shapes that people have, and their pictures against the stock
pipelines'.
"""

import json
import shutil
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import pytest
import torch

from tasks.conditioning import model, noise, prediction, schedulers
from tasks.conditioning.control import Control
from tasks.conditioning.maps import condition
from tasks.conditioning.registry import mode
from tasks.conditioning.sample import Start, sample
from tasks.controlnet import network, stage
from tasks.controlnet.params import Controlnet
from tasks.core import store
from tests.conditioning import shapes, tiny
from tests.controlnet import small
from tests.controlnet.test_stage import CutError, cut_after, request

NAMES = ("sd15", "sd2_v", "flow", "sdxl")
SECTION = small.section(
    steps=50,
    curve=[0, 50],
    checkpoint=20,
    embedding=[4, 4, 4, 8],
    learning_rate=2e-3,
    mirror=False,
)


@pytest.fixture(scope="module", params=NAMES)
def project(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project on a base of each shape, in which the stage has run."""
    folder = tmp_path_factory.mktemp(request.param)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(tiny, "SIZE", shapes.SIZE)
        small.write()
        with store.output("base") as base:
            shapes.save(base, request.param)
        small.train(section(request.param))
    return folder


def section(name: str) -> Controlnet:
    """Return the section; two steps are enough for flows, on which the tiny model is trained."""
    few = {"steps": 2, "curve": [0, 2]} if name == "flow" else {}
    return small.section(**{**SECTION.model_dump(), **few})


@pytest.fixture
def here(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(project)
    monkeypatch.setattr(tiny, "SIZE", shapes.SIZE)
    return project


def curve() -> list[dict[str, Any]]:
    return json.loads((store.folder("controlnet") / "curve.json").read_text())["curve"]


def test_the_scheduler_s_own_configuration_says_what_is_predicted(here: Path) -> None:
    base = model.load(store.folder("base"))
    expected = {"sd2_v": "v_prediction", "flow": "flow_prediction"}
    name = next(name for name in NAMES if name in str(here))
    assert prediction.kind(base.scheduler) == expected.get(name, "epsilon")
    assert base.vae_factor == shapes.FACTOR


def test_fifty_steps_move_the_loss_and_the_fidelity(here: Path) -> None:
    if "flow" in str(here):
        return
    before, after = (point["fidelity"] for point in curve())
    assert before["luma_correlation"] != after["luma_correlation"]
    assert before["lab_error"] != after["lab_error"]
    work = small.plan(SECTION)
    state = stage.training.begin(
        network.load(store.folder("controlnet")), stage.training.Rate(1e-3, 1.0, 1, 0.9)
    )
    stage.training.training.load(state, stage.items.path(work.run.checkpoints.state(40)))
    losses = state.losses
    assert np.mean(losses[-15:]) < np.mean(losses[:15])


def test_a_training_that_was_cut_goes_on_to_the_same_bytes(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "sdxl" not in str(here):
        return  # one is enough: the way is the same
    shutil.copytree(here / "data", tmp_path / "data", ignore=shutil.ignore_patterns("controlnet"))
    monkeypatch.chdir(tmp_path)
    with monkeypatch.context() as patch:
        cut_after(30, patch)
        with pytest.raises(CutError):
            small.train(SECTION)
    small.train(SECTION)
    weights = "data/controlnet/diffusion_pytorch_model.safetensors"
    assert (here / weights).read_bytes() == (tmp_path / weights).read_bytes()


def test_the_trained_network_paints(here: Path) -> None:
    base = model.load(store.folder("base"))
    painted = mode({"name": "controlnet", "controlnet_conditioning_scale": 1.0}, what="mode")(
        base, request([12, 13], store.folder("controlnet"))
    )
    assert painted.shape == (2, shapes.SIZE, shapes.SIZE, 3)
    assert painted.std() > 0


STOCK = {
    "txt2img": ("StableDiffusionPipeline", "StableDiffusionXLPipeline"),
    "img2img": ("StableDiffusionImg2ImgPipeline", "StableDiffusionXLImg2ImgPipeline"),
    "controlnet": ("StableDiffusionControlNetPipeline", "StableDiffusionXLControlNetPipeline"),
    "controlnet_img2img": (
        "StableDiffusionControlNetImg2ImgPipeline",
        "StableDiffusionXLControlNetImg2ImgPipeline",
    ),
}


@pytest.mark.parametrize("kind", list(STOCK))
def test_pictures_are_those_of_the_stock_pipeline(here: Path, kind: str) -> None:
    base, control = model.load(store.folder("base")), network.load(store.folder("controlnet"))
    torch.manual_seed(0)
    for weight in network.new_parameters(control):  # a few steps would leave little to see
        weight.data += 0.1 * torch.randn_like(weight)
    pictures = tiny.pictures(2)
    wanted = condition(tiny.maps(2), (shapes.SIZE, shapes.SIZE))
    given = base.encode(pictures)  # as latents: the stock pipelines would draw from a posterior
    calls: dict[str, dict[str, Any]] = {
        "txt2img": {"height": shapes.SIZE, "width": shapes.SIZE},
        "img2img": {"image": given, "strength": 0.6},
        "controlnet": {"image": wanted},
        "controlnet_img2img": {"image": given, "control_image": wanted, "strength": 0.8},
    }
    pipeline = getattr(diffusers, STOCK[kind][base.text_encoder_2 is not None])
    controlled = "controlnet" in kind
    parts = {"controlnet": control} if controlled else {}
    scale = {"controlnet_conditioning_scale": 0.7} if controlled else {}
    stock = pipeline.from_pretrained(store.folder("base"), safety_checker=None, **parts)
    stock.scheduler = schedulers.build("unipc", base.scheduler)
    stock.set_progress_bar_config(disable=True)
    sources = noise.generators(0, [1, 2])
    expected = stock(
        prompt=tiny.CAPTIONS[:2],
        generator=noise.generators(0, [1, 2]),
        num_inference_steps=5,
        guidance_scale=2.0,
        output_type="latent",
        **calls[kind],
        **scale,
    ).images
    strength = calls[kind].get("strength")
    side = shapes.SIZE // shapes.FACTOR
    painted = sample(
        base,
        tiny.CAPTIONS[:2],
        noise=noise.white(sources, (4, side, side)),
        steps=5,
        guidance_scale=2.0,
        scheduler="unipc",
        start=Start(base.encode(pictures), strength) if strength else None,
        control=[Control(control, wanted, 0.7)] if controlled else [],
        generators=sources,
    )
    np.testing.assert_allclose(painted, expected, atol=1e-3)
