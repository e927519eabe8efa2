"""The network: what it starts as, and how its new layers learn."""

from pathlib import Path

import pytest
import torch

from tasks.controlnet import network
from tasks.core.errors import InputError
from tests.conditioning import tiny


@pytest.mark.parametrize("channels", [3, 5, 7, 11])
def test_any_number_of_channels_but_four_is_read(channels: int) -> None:
    control = network.build(
        tiny.unet(), channels=channels, embedding=(4, 4, 8), vae_factor=tiny.FACTOR, seed=0
    )
    side = tiny.SIZE // tiny.FACTOR
    down, middle = control(
        torch.ones(2, tiny.LATENTS, side, side),
        torch.tensor(500.0),
        torch.ones(2, 8, tiny.WIDTH),
        torch.ones(2, channels, tiny.SIZE, tiny.SIZE),
        return_dict=False,
    )
    assert all(float(residual.abs().max()) == 0 for residual in [*down, middle])


def test_four_channels_are_refused() -> None:
    with pytest.raises(InputError, match="4 channels are refused"):
        network.build(tiny.unet(), channels=4, embedding=(4, 4, 8), vae_factor=4, seed=0)


def test_an_embedding_that_misses_the_latents_scale_is_refused() -> None:
    with pytest.raises(InputError, match=r"controlnet\.embedding: 2 entries.*give 3 entries"):
        network.build(tiny.unet(), channels=7, embedding=(4, 8), vae_factor=4, seed=0)


def test_the_seed_alone_makes_the_new_layers() -> None:
    unet = tiny.unet()
    made = []
    for noise in (1, 2):
        torch.manual_seed(noise)
        control = network.build(unet, channels=7, embedding=(4, 4, 8), vae_factor=4, seed=5)
        made.append(torch.cat([weight.flatten() for weight in control.parameters()]))
    assert torch.equal(*made)


def test_what_is_not_new_is_copied_from_the_unet() -> None:
    unet = tiny.unet()
    control = network.build(unet, channels=7, embedding=(4, 4, 8), vae_factor=4, seed=0)
    new = {id(weight) for weight in network.new_parameters(control)}
    theirs = dict(unet.named_parameters())
    ours = {name: weight for name, weight in control.named_parameters() if id(weight) not in new}
    assert len(new) > 10
    assert len(ours) > 10
    assert all(torch.equal(weight, theirs[name]) for name, weight in ours.items())


def test_quickened_parameters_learn_as_in_a_group_with_a_higher_rate() -> None:
    start = torch.linspace(-1, 1, 6)
    slow, fast = (torch.nn.Parameter(start.clone()) for _ in range(2))
    quick = torch.optim.AdamW([slow, fast], lr=1e-2, weight_decay=0.1)
    network.quicken(quick, [fast], 8.0)
    expected = [torch.nn.Parameter(start.clone()) for _ in range(2)]
    groups = [{"params": [expected[0]]}, {"params": [expected[1]], "lr": 8e-2}]
    grouped = torch.optim.AdamW(groups, lr=1e-2, weight_decay=0.1)
    for step in range(5):
        for optimizer, (one, two) in ((quick, (slow, fast)), (grouped, expected)):
            optimizer.zero_grad()
            ((one - 0.3) ** 2 + (two + step / 10) ** 2).sum().backward()
            optimizer.step()
    torch.testing.assert_close(slow, expected[0])
    torch.testing.assert_close(fast, expected[1])
    assert not torch.equal(slow, fast)


def test_a_saved_network_comes_back(tmp_path: Path) -> None:
    control = network.build(tiny.unet(), channels=7, embedding=(4, 4, 8), vae_factor=4, seed=0)
    control.save_pretrained(tmp_path)
    again = network.load(tmp_path)
    assert not again.training
    assert all(
        torch.equal(one, other)
        for one, other in zip(control.parameters(), again.parameters(), strict=True)
    )
