"""The sampler against the stock pipelines."""

from typing import Any

import diffusers
import numpy as np
import pytest
import torch
from diffusers import (
    StableDiffusionControlNetImg2ImgPipeline,
    StableDiffusionControlNetPipeline,
    StableDiffusionImg2ImgPipeline,
    StableDiffusionPipeline,
)

from tasks.conditioning import model, noise
from tasks.conditioning.control import Control
from tasks.conditioning.maps import condition
from tasks.conditioning.predictor import Predictors
from tasks.conditioning.sample import Start, sample
from tasks.conditioning.weighing import Weighing
from tasks.core.errors import InputError
from tests.conditioning import tiny

NAMES = [11, 12, 13]
SHAPE = (tiny.LATENTS, tiny.SIZE // tiny.FACTOR, tiny.SIZE // tiny.FACTOR)
SCHEDULERS = {
    "unipc": diffusers.UniPCMultistepScheduler(**tiny.FLOW),
    "dpm": diffusers.DPMSolverMultistepScheduler(**tiny.FLOW),
    "ddim": diffusers.DDIMScheduler(prediction_type="epsilon", steps_offset=1),
    "euler": diffusers.EulerDiscreteScheduler(prediction_type="v_prediction", steps_offset=1),
}


@pytest.fixture(scope="module", params=list(SCHEDULERS))
def case(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Any]:
    """Return a scheduler's name and the tiny model that was made for it."""
    folder = tmp_path_factory.mktemp(request.param)
    return request.param, model.load(tiny.save(folder, SCHEDULERS[request.param]))


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> model.DiffusionModel:
    return tiny.flow(tmp_path_factory.mktemp("base"))


def stock(pipeline: Any, base: Any, controlnet: Any = None, **call: Any) -> np.ndarray:
    """Return the pictures in [0, 1] that a stock pipeline paints from the same parts, seeds and
    steps.
    """
    parts = {
        "vae": base.vae,
        "text_encoder": base.text_encoder,
        "tokenizer": base.tokenizer,
        "unet": base.unet,
        "scheduler": base.scheduler,
        "safety_checker": None,
        "feature_extractor": None,
        "requires_safety_checker": False,
    }
    if "ControlNet" in pipeline.__name__:
        parts["controlnet"] = controlnet or tiny.trained(base)
    made = pipeline(**parts)
    made.set_progress_bar_config(disable=True)
    generators = noise.generators(0, NAMES)
    return made(prompt=tiny.CAPTIONS, generator=generators, output_type="latent", **call).images


def ours(base: Any, scheduler: str, **call: Any) -> torch.Tensor:
    sources = noise.generators(0, NAMES)
    begin = noise.white(sources, SHAPE)
    return sample(
        base,
        tiny.CAPTIONS,
        noise=begin,
        scheduler=scheduler,
        generators=sources,
        **{"steps": 5, "guidance_scale": 2.0, **call},
    )


def as_tensor(pictures: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 255


@pytest.mark.parametrize("guidance", [1.0, 2.5])
def test_captions_alone_paint_what_the_stock_pipeline_paints(
    case: tuple[str, Any], guidance: float
) -> None:
    name, base = case
    expected = stock(
        StableDiffusionPipeline,
        base,
        num_inference_steps=5,
        guidance_scale=guidance,
        height=tiny.SIZE,
        width=tiny.SIZE,
    )
    np.testing.assert_allclose(ours(base, name, guidance_scale=guidance), expected, atol=1e-4)


def test_a_controlnet_paints_what_the_stock_pipeline_paints(case: tuple[str, Any]) -> None:
    name, base = case
    wanted = condition(tiny.maps(), (tiny.SIZE, tiny.SIZE))
    expected = stock(
        StableDiffusionControlNetPipeline,
        base,
        image=wanted,
        num_inference_steps=5,
        guidance_scale=2.0,
        controlnet_conditioning_scale=0.7,
    )
    painted = ours(base, name, control=[Control(tiny.trained(base), wanted, 0.7)])
    np.testing.assert_allclose(painted, expected, atol=1e-4)
    assert (painted - ours(base, name)).abs().max() > 1e-2


def test_two_controlnets_paint_what_the_stock_pipeline_of_many_paints(base: Any) -> None:
    wanted, depth = (
        condition(tiny.maps(channels=channels), (tiny.SIZE, tiny.SIZE)) for channels in (7, 3)
    )
    ours_, public = tiny.trained(base), tiny.trained(base, channels=3)
    expected = stock(
        StableDiffusionControlNetPipeline,
        base,
        controlnet=[ours_, public],
        image=[wanted, depth],
        num_inference_steps=5,
        guidance_scale=2.0,
        controlnet_conditioning_scale=[0.7, 0.4],
    )
    painted = ours(
        base, "unipc", control=[Control(ours_, wanted, 0.7), Control(public, depth, 0.4)]
    )
    np.testing.assert_allclose(painted, expected, atol=1e-4)


def test_a_start_paints_what_the_stock_img2img_pipeline_paints(case: tuple[str, Any]) -> None:
    name, base = case
    pictures = tiny.pictures()
    expected = stock(
        StableDiffusionImg2ImgPipeline,
        base,
        image=as_tensor(pictures),
        strength=0.6,
        num_inference_steps=5,
        guidance_scale=2.0,
    )
    painted = ours(base, name, start=Start(base.encode(pictures), 0.6))
    np.testing.assert_allclose(painted, expected, atol=1e-3)


def test_a_start_under_control_paints_what_the_stock_pipeline_paints(
    case: tuple[str, Any],
) -> None:
    name, base = case
    wanted, pictures = condition(tiny.maps(), (tiny.SIZE, tiny.SIZE)), tiny.pictures()
    expected = stock(
        StableDiffusionControlNetImg2ImgPipeline,
        base,
        image=as_tensor(pictures),
        control_image=wanted,
        strength=0.8,
        num_inference_steps=5,
        guidance_scale=2.0,
        controlnet_conditioning_scale=1.0,
    )
    start, control = Start(base.encode(pictures), 0.8), Control(tiny.trained(base), wanted)
    np.testing.assert_allclose(
        ours(base, name, start=start, control=[control]), expected, atol=1e-3
    )


def test_what_is_predicted_is_the_sum_of_its_evaluations(base: Any) -> None:
    wanted = condition(tiny.maps(), (tiny.SIZE, tiny.SIZE))
    control = Control(tiny.trained(base), wanted)
    inputs = torch.randn((3, *SHAPE), generator=torch.Generator().manual_seed(1))
    time, plain = torch.tensor(500.0), (0.0, 0.0, 1.0)

    def once(captions: list[str], controls: list[Any], weights: Any = plain) -> torch.Tensor:
        with torch.no_grad():
            return Predictors(base, captions, SHAPE[1:], controls).at(weights)(inputs, time)

    bare, empty = once([""] * 3, []), once([""] * 3, [control])
    told = once(tiny.CAPTIONS, [control])
    for weights in [(-2.0, 1.0, 2.0), (-2.0, 3.0, 0.0), (-1.0, 0.0, 2.0), (1.0, 0.0, 0.0)]:
        expected = sum(
            weight * each for weight, each in zip(weights, (bare, empty, told), strict=True)
        )
        found = once(tiny.CAPTIONS, [control], weights)
        torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)


def evaluations(base: Any, weighing: Weighing, steps: int = 10) -> list[int]:
    """Return for how many pictures the U-Net was evaluated at each step, two being painted."""
    seen: list[int] = []
    wanted = condition(tiny.maps(2), (tiny.SIZE, tiny.SIZE))
    hook = base.unet.conv_in.register_forward_pre_hook(lambda _, given: seen.append(len(given[0])))
    sample(
        base,
        tiny.CAPTIONS[:2],
        noise=torch.zeros((2, *SHAPE)),
        steps=steps,
        guidance_scale=1.0,
        control=[Control(tiny.trained(base), wanted)],
        weighing=weighing,
    )
    hook.remove()
    return seen


@pytest.mark.parametrize(
    ("weighing", "expected"),
    [
        (Weighing(), [2] * 10),
        (Weighing(caption_share=0.0), [2] * 10),
        (Weighing(map_guidance=2.0), [6] * 10),
        (Weighing(caption_limit=0.5), [4] * 10),
        (Weighing(map_guidance=2.0, caption_share=0.0), [4] * 10),
        (Weighing(map_guidance=2.0, guided_above=0.55), [6] * 5 + [2] * 5),
        (Weighing(map_guidance=2.0, guided_below=0.55), [2] * 5 + [6] * 5),
        (Weighing(map_guidance=2.0, guided_above=0.55, caption_below=0.55), [4] * 5 + [2] * 5),
    ],
)
def test_what_weighs_nothing_is_not_evaluated(
    base: Any, weighing: Weighing, expected: list[int]
) -> None:
    assert evaluations(base, weighing) == expected


def test_a_caption_that_is_never_heard_says_nothing(base: Any) -> None:
    wanted = condition(tiny.maps(), (tiny.SIZE, tiny.SIZE))
    control = [Control(tiny.trained(base), wanted)]
    late, early = Weighing(caption_below=0.3), Weighing(caption_below=0.0)
    unheard = ours(base, "unipc", control=control, weighing=early)
    deaf = ours(base, "unipc", control=control, weighing=Weighing(caption_share=0.0))
    heard = ours(base, "unipc", control=control, weighing=late)
    assert torch.equal(unheard, deaf)
    assert not torch.equal(unheard, heard)


def test_a_caption_pulls_no_harder_than_its_limit(base: Any) -> None:
    control = Control(tiny.trained(base), condition(tiny.maps(), (tiny.SIZE, tiny.SIZE)))
    inputs = torch.randn((3, *SHAPE), generator=torch.Generator().manual_seed(1))

    def once(weights: Any, limit: float = 1.0) -> torch.Tensor:
        predictors = Predictors(base, tiny.CAPTIONS, SHAPE[1:], [control], limit=limit)
        with torch.no_grad():
            return predictors.at(weights)(inputs, torch.tensor(500.0))

    empty, told = once((0.0, 1.0, 0.0)), once((0.0, 0.0, 1.0))
    share = (told - empty).flatten(1).norm(dim=1) / empty.flatten(1).norm(dim=1)
    between = float(share.sort().values[:2].mean())  # of three captions one is below it
    pull = once((0.0, 0.0, 1.0), between) - empty
    found = pull.flatten(1).norm(dim=1) / empty.flatten(1).norm(dim=1)
    torch.testing.assert_close(found, share.clamp_max(between), atol=1e-5, rtol=1e-3)
    direction = torch.cosine_similarity(pull.flatten(1), (told - empty).flatten(1))
    torch.testing.assert_close(direction, torch.ones(3), atol=1e-4, rtol=0)


def test_residuals_are_made_at_every_so_many_th_step(
    base: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    control, calls = tiny.trained(base), list[float]()
    whole = type(control).forward

    def counted(self: Any, sample: Any, timestep: Any, **rest: Any) -> Any:
        calls.append(float(timestep))
        return whole(self, sample, timestep, **rest)

    monkeypatch.setattr(type(control), "forward", counted)
    wanted = condition(tiny.maps(), (tiny.SIZE, tiny.SIZE))
    every, third = (
        ours(base, "unipc", control=[Control(control, wanted)], weighing=Weighing(reuse=reuse))
        for reuse in (1, 3)
    )
    assert calls[5:] == [calls[0], calls[3]]
    assert 0 < (every - third).abs().max() < 1


def test_a_picture_does_not_depend_on_its_batch(base: Any) -> None:
    together = ours(base, "unipc")
    for place, name in enumerate(NAMES):
        sources = noise.generators(0, [name])
        alone = sample(
            base,
            [tiny.CAPTIONS[place]],
            noise=noise.white(sources, SHAPE),
            steps=5,
            guidance_scale=2.0,
            generators=sources,
        )
        torch.testing.assert_close(alone[0], together[place], atol=1e-5, rtol=1e-5)


def test_an_untrained_controlnet_changes_nothing(base: Any) -> None:
    wanted = condition(tiny.maps(), (tiny.SIZE, tiny.SIZE))
    assert torch.equal(
        ours(base, "unipc", control=[Control(tiny.untrained(base), wanted)]), ours(base, "unipc")
    )


def test_a_guide_that_knows_the_answer_gets_it(base: Any) -> None:
    answer = torch.full((3, *SHAPE), 0.25)
    painted = ours(base, "unipc", guide=lambda clean, level: answer, steps=12)
    torch.testing.assert_close(painted, answer, atol=1e-3, rtol=0)


def test_a_guide_sees_the_noise_fall(base: Any) -> None:
    seen: list[float] = []

    def guide(clean: torch.Tensor, level: float) -> torch.Tensor:
        seen.append(level)
        return clean

    with_guide = ours(base, "unipc", guide=guide)
    assert seen == sorted(seen, reverse=True)
    assert 0.9 < seen[0] <= 1
    torch.testing.assert_close(with_guide, ours(base, "unipc"), atol=1e-3, rtol=1e-3)


def test_a_picture_that_is_not_finite_is_named(base: Any) -> None:
    broken = torch.zeros((3, *SHAPE))
    broken[1, 0, 0, 0] = float("nan")
    with pytest.raises(FloatingPointError, match="picture 1 is not finite after step 0"):
        sample(base, tiny.CAPTIONS, noise=broken, steps=2, guidance_scale=1.0)


def test_maps_of_another_number_of_channels_are_refused(base: Any) -> None:
    wanted = condition(tiny.maps(channels=5), (tiny.SIZE, tiny.SIZE))
    with pytest.raises(InputError, match="5 channels, but the ControlNet was trained on 7"):
        ours(base, "unipc", control=[Control(tiny.trained(base), wanted)])


def test_a_strength_that_leaves_no_step_is_refused(base: Any) -> None:
    with pytest.raises(InputError, match=r"strength: 0\.1 of 5 steps leaves none"):
        ours(base, "unipc", start=Start(torch.zeros((3, *SHAPE)), 0.1))


@pytest.mark.parametrize(
    ("name", "reason"), [("ddim", "cannot integrate a flow"), ("plms", "unknown name")]
)
def test_a_scheduler_that_does_not_fit_is_refused(base: Any, name: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        ours(base, name)
