"""Distances by features: against the closed form of Gaussians, and what is known of pairs."""

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from scipy import linalg

from tasks.core.errors import InputError
from tasks.orientation.metrics import features

OURS = "tasks.orientation.metrics.encoder:Encoder"


def noise(count: int, seed: int, contrast: int = 255) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, contrast + 1, (count, 32, 32), generator=generator).to(torch.uint8)


def test_the_frechet_distance_is_that_of_the_gaussians():
    pytest.importorskip("torchmetrics")
    module = features.named(OURS, None)
    here, there = noise(300, 0), noise(300, 1, 120)
    with torch.no_grad():
        described = [module(each[:, None].expand(-1, 3, -1, -1)).numpy() for each in (here, there)]
    means, spreads = zip(*((each.mean(0), np.cov(each.T)) for each in described), strict=True)
    shared = np.trace(linalg.sqrtm(spreads[0] @ spreads[1]).real)
    expected = ((means[0] - means[1]) ** 2).sum() + np.trace(spreads[0] + spreads[1]) - 2 * shared
    found = features.frechet(module, here, there)
    assert found == pytest.approx(float(expected), rel=0.02)
    assert features.frechet(module, here, noise(300, 2)) < found / 10


def test_the_kernel_distance_is_nothing_between_sets_of_one_kind():
    pytest.importorskip("torchmetrics")
    module = features.named(OURS, None)
    alike = features.kernel(module, noise(100, 0), noise(100, 1), subset=50)
    apart = features.kernel(module, noise(100, 0), noise(100, 1, 120), subset=50)
    assert abs(alike) < apart / 5


def test_the_perceptual_distance_is_nothing_to_itself_and_grows():
    module, pictures = features.named(OURS, None), noise(4, 0)
    assert features.perceptual(module, pictures, pictures).abs().max() < 1e-9
    near = pictures.clone()
    near[:, :4] = 0
    further = pictures.clone()
    further[:, :16] = 0
    little, much = (features.perceptual(module, pictures, each) for each in (near, further))
    assert (little > 0).all()
    assert (little < much).all()


def test_weights_are_taken_from_the_file(tmp_path):
    module = features.named(OURS, None)
    changed = {name: value + 1 for name, value in module.state_dict().items()}
    save_file(changed, tmp_path / "weights.safetensors")
    found = features.named(OURS, tmp_path / "weights.safetensors")
    for name, value in found.state_dict().items():
        np.testing.assert_array_equal(value, changed[name])


@pytest.mark.parametrize("wrong", ["nowhere:Encoder", "tasks.orientation.metrics.encoder:Nobody"])
def test_an_unknown_module_is_named(wrong):
    with pytest.raises(InputError, match=f"features: {wrong}"):
        features.named(wrong, None)


def test_weights_of_something_else_are_refused_in_one_line(tmp_path):
    file = tmp_path / "other.safetensors"
    save_file({"a": torch.zeros(3)}, file)
    with pytest.raises(InputError, match="no weights of") as caught:
        features.named(OURS, file)
    assert "\n" not in str(caught.value)
