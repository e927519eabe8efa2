import pytest
import torch

from tasks.base import denoiser
from tasks.base.tokenizer import tokens


class Exact(torch.nn.Module):
    """A network that returns a known velocity."""

    def __init__(self, noise_of):
        super().__init__()
        self.noise_of = noise_of

    def forward(self, noisy, timesteps, *, encoder_hidden_states):
        from types import SimpleNamespace

        return SimpleNamespace(sample=self.noise_of(noisy, timesteps))


def numbers(tiny, captions):
    return torch.from_numpy(tokens(tiny.tokenizer, captions))


def test_the_true_velocity_has_no_loss(tiny):
    latents = torch.zeros(5, 6, 4, 4)

    def velocity(noisy, timesteps):
        return noisy / (timesteps[:, None, None, None] / 1000)

    value = denoiser.flow_matching_loss(
        Exact(velocity),
        tiny.text_encoder,
        tiny.scheduler,
        latents=latents,
        tokens=numbers(tiny, ["a"] * 5),
        empty=numbers(tiny, [""])[0],
        generator=torch.Generator().manual_seed(0),
    )
    assert value < 1e-9


def test_a_silent_network_has_the_variance_of_noise_and_data_as_loss(tiny):
    generator = torch.Generator().manual_seed(1)
    latents = 2 * torch.randn((64, 6, 4, 4), generator=generator)
    value = denoiser.flow_matching_loss(
        Exact(lambda noisy, _: torch.zeros_like(noisy)),
        tiny.text_encoder,
        tiny.scheduler,
        latents=latents,
        tokens=numbers(tiny, ["a"] * 64),
        empty=numbers(tiny, [""])[0],
        generator=generator,
    )
    assert value.item() == pytest.approx(5, rel=0.1)


def test_the_first_scale_does_not_attend_to_the_caption(tiny):
    kinds = tiny.unet.config["down_block_types"]
    assert kinds[0] == "DownBlock2D"
    assert set(kinds[1:]) == {"CrossAttnDownBlock2D"}


def test_the_caption_changes_the_velocity(tiny):
    noisy, time = torch.randn(1, 6, 4, 4), torch.tensor([500.0])
    words = tiny.text_encoder(numbers(tiny, ["a red square", ""])).last_hidden_state
    outputs = [tiny.unet(noisy, time, encoder_hidden_states=word[None]).sample for word in words]
    assert (outputs[0] - outputs[1]).abs().max() > 0


def test_the_scheduler_integrates_a_straight_flow_exactly(tiny):
    scheduler = tiny.scheduler
    scheduler.set_timesteps(4)
    clean, noise = torch.full((1, 6, 4, 4), 0.3), torch.randn(1, 6, 4, 4)
    latents = noise.clone()
    for timestep in scheduler.timesteps:
        latents = scheduler.step(noise - clean, timestep, latents).prev_sample
    torch.testing.assert_close(latents, clean, atol=1e-5, rtol=0)
