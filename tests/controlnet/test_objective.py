"""The objective: how batches are drawn, and what the loss is."""

from dataclasses import replace

import pytest
import torch

from tasks.conditioning import model, prediction
from tasks.conditioning.words import Words
from tasks.controlnet import objective
from tasks.controlnet.objective import Choices, Examples
from tests.conditioning import tiny

CHOICES = Choices(
    batch=64, size=(tiny.SIZE, tiny.SIZE), caption_drop=0.5, condition_drop=0.1, logit_mean=1.0
)
SIDE = tiny.SIZE // tiny.FACTOR


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> model.DiffusionModel:
    return tiny.flow(tmp_path_factory.mktemp("base"))


def numbered(count: int = 5, sides: int = 2) -> Examples:
    """Return examples whose every value tells the picture, and whose mirror image is negative."""
    number = torch.arange(1.0, count + 1)
    maps = number[:, None, None, None] * torch.tensor([1.0, 2.0]).expand(count, 7, 4, 2)
    signs = torch.tensor([1.0, -1.0])[:sides]
    latents = number[:, None, None, None, None] * signs[None, :, None, None, None]
    words = number[:, None, None].expand(count, 8, tiny.WIDTH)
    return Examples(
        maps,
        latents.expand(count, sides, tiny.LATENTS, SIDE, SIDE),
        Words(words, torch.empty(count, 0)),
        Words(torch.zeros(1, 8, tiny.WIDTH), torch.empty(1, 0)),
    )


def draw(examples: Examples, choices: Choices, seed: int = 0) -> objective.Batch:
    scheduler = model.diffusers.UniPCMultistepScheduler(**tiny.FLOW)
    return objective.draw(examples, choices, scheduler, torch.Generator().manual_seed(seed))


def test_a_batch_depends_on_its_generator_alone() -> None:
    one, same, other = (draw(numbered(), CHOICES, seed) for seed in (1, 1, 2))
    assert torch.equal(one.words.sequence, same.words.sequence)
    names = [name for name in vars(one) if name != "words"]
    assert all(torch.equal(getattr(one, name), getattr(same, name)) for name in names)
    assert not torch.equal(one.noise, other.noise)


def test_a_map_is_mirrored_where_its_picture_is() -> None:
    batch = draw(numbered(), replace(CHOICES, condition_drop=0.0, caption_drop=0.0))
    left, right = batch.conditions[:, 0, 0, 0], batch.conditions[:, 0, 0, -1]
    mirrored = batch.latents[:, 0, 0, 0] < 0
    assert 16 < int(mirrored.sum()) < 48
    assert torch.equal(left > right, mirrored)
    number = torch.minimum(left, right)
    torch.testing.assert_close(number, batch.latents[:, 0, 0, 0].abs())
    torch.testing.assert_close(number, batch.words.sequence[:, 0, 0])


def test_without_mirror_images_nothing_is_mirrored() -> None:
    batch = draw(numbered(sides=1), replace(CHOICES, condition_drop=0.0))
    assert (batch.latents > 0).all()
    assert (batch.conditions[:, 0, 0, 0] < batch.conditions[:, 0, 0, -1]).all()


def test_captions_and_maps_are_left_out_as_often_as_asked() -> None:
    batch = draw(numbered(), replace(CHOICES, batch=2000, size=(4, 4)))
    unsaid = (batch.words.sequence == 0).all((1, 2)).float().mean()
    unseen = (batch.conditions == 0).all(3).all(2).all(1).float().mean()
    assert abs(float(unsaid) - 0.5) < 0.05
    assert abs(float(unseen) - 0.1) < 0.03


def test_the_loss_of_an_untrained_controlnet_is_the_base_models_own(
    base: model.DiffusionModel,
) -> None:
    batch = draw(numbered(), replace(CHOICES, batch=3))
    noisy = prediction.noised(base.scheduler, batch.latents, batch.noise, batch.timesteps)
    alone = base.unet(noisy, batch.timesteps, encoder_hidden_states=batch.words.sequence).sample
    expected = (alone - (batch.noise - batch.latents)).square().mean()
    torch.testing.assert_close(
        objective.loss(tiny.untrained(base), base.unet, base.scheduler, batch), expected
    )


def test_only_the_controlnet_learns(base: model.DiffusionModel) -> None:
    control = tiny.trained(base)
    objective.loss(
        control, base.unet, base.scheduler, draw(numbered(), replace(CHOICES, batch=2))
    ).backward()
    assert all(weight.grad is None for weight in base.unet.parameters())
    grown = [
        name
        for name, weight in control.named_parameters()
        if weight.grad is not None and weight.grad.any()
    ]
    assert {"controlnet_cond_embedding.conv_in.weight", "conv_in.weight"} <= set(grown)
