"""The monogenic signal: waves have one amplitude and an even phase; nothing is lost."""

import math

import pytest
import torch

from tasks.orientation.circle.monogenic import join, split


@pytest.mark.parametrize("shape", [(3, 1, 32, 32), (2, 3, 8, 12)])
def test_pictures_come_back(shape):
    pictures = torch.randint(0, 256, shape, generator=torch.Generator().manual_seed(0))
    pictures = pictures.to(torch.uint8)
    copy = pictures.clone()
    phase, amplitude = split(pictures)
    assert torch.equal(join(phase, amplitude), pictures)
    assert phase.abs().max() <= math.pi / 2 + 1e-6
    assert amplitude.min() >= -1
    assert torch.equal(pictures, copy)


def test_a_wave_has_its_amplitude_everywhere_and_an_even_phase():
    at = (torch.arange(64) + 0.5) * (math.pi / 8)  # eight pixels from crest to trough
    wave = (0.6 * torch.cos(at) + 1) * 127.5
    phase, amplitude = split(wave.round().to(torch.uint8).expand(1, 1, 64, 64))
    assert ((amplitude + 1) / 2 - 0.6).abs().max() < 0.01
    expected = torch.asin(torch.cos(at))
    assert (phase - expected).abs().max() < 0.02


def test_grey_has_no_amplitude_and_a_negative_amplitude_is_none():
    phase = torch.full((1, 1, 2, 2), 1.0)
    assert (join(phase, torch.full_like(phase, -3.0)) == join(0 * phase, phase)).all()


def test_black_and_white_do_not_meet_across_the_seam():
    near = torch.tensor([[[[math.pi - 1e-3, -math.pi + 1e-3]]]])
    found = join(near, torch.ones_like(near)).int()
    assert (found - 127).abs().max() <= 1
