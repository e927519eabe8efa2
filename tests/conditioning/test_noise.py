"""Noise, picture by picture."""

import torch

from tasks.conditioning.noise import generators, white

SHAPE = (4, 8, 8)


def test_the_noise_of_a_picture_depends_on_its_name_and_the_seed_alone() -> None:
    first = white(generators(0, [1, 2, 3]), SHAPE)
    again = white(generators(0, [3, 1]), SHAPE)
    assert torch.equal(first[2], again[0])
    assert torch.equal(first[0], again[1])
    assert not torch.equal(first[0], first[1])
    assert not torch.equal(first[0], white(generators(1, [1]), SHAPE)[0])


def test_the_noise_is_unit_normal() -> None:
    noise = white(generators(0, list(range(64))), (4, 16, 16))
    assert abs(float(noise.mean())) < 0.02
    assert abs(float(noise.std()) - 1) < 0.02
