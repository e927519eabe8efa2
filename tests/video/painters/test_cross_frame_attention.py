"""Attention to the first picture of a batch, on a tiny network of stock classes."""

import pytest
import torch

from tasks.video.painters.cross_frame_attention import attending_to_first
from tests.conditioning import tiny


@pytest.fixture(scope="module")
def unet():
    torch.manual_seed(0)
    return tiny.unet().eval()


@torch.no_grad()
def painted(unet, latents: torch.Tensor, words: torch.Tensor) -> torch.Tensor:
    return unet(latents, torch.tensor(500.0), encoder_hidden_states=words).sample


@pytest.fixture(scope="module")
def batch() -> tuple[torch.Tensor, torch.Tensor]:
    source = torch.Generator().manual_seed(1)
    return (
        torch.randn(3, tiny.LATENTS, 8, 8, generator=source),
        torch.randn(3, 5, tiny.WIDTH, generator=source),
    )


def test_the_first_picture_is_painted_as_alone(unet, batch) -> None:
    latents, words = batch
    seen = painted(attending_to_first(unet, 1), latents, words)
    torch.testing.assert_close(seen[:1], painted(unet, latents[:1], words[:1]), atol=1e-5, rtol=0)


def test_the_others_depend_on_the_first_alone(unet, batch) -> None:
    latents, words = batch
    attending = attending_to_first(unet, 1)
    seen = painted(attending, latents, words)
    assert (seen[1] - painted(unet, latents, words)[1]).abs().max() > 1e-4
    other = latents.clone()
    other[2] += 1
    torch.testing.assert_close(painted(attending, other, words)[1], seen[1], atol=1e-5, rtol=0)
    other = latents.clone()
    other[0] += 1
    assert (painted(attending, other, words)[1] - seen[1]).abs().max() > 1e-4


def test_each_half_of_a_guided_batch_has_its_own_first_picture(unet, batch) -> None:
    latents, words = batch
    both = painted(
        attending_to_first(unet, 2), torch.cat([latents, latents + 1]), torch.cat([words, words])
    )
    alone = attending_to_first(unet, 1)
    torch.testing.assert_close(both[:3], painted(alone, latents, words), atol=1e-5, rtol=0)
    torch.testing.assert_close(both[3:], painted(alone, latents + 1, words), atol=1e-5, rtol=0)


def test_the_network_itself_is_left_as_it_was_and_shares_its_weights(unet, batch) -> None:
    latents, words = batch
    before = painted(unet, latents, words)
    attending = attending_to_first(unet, 1)
    assert torch.equal(painted(unet, latents, words), before)
    theirs = dict(unet.named_parameters())
    assert all(theirs[name] is value for name, value in attending.named_parameters())
