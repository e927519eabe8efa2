import numpy as np
import torch

from tasks.base import autoencoder


def test_the_encoder_is_the_matrix_product(pictures, tiny):
    projection = autoencoder.fit(pictures, 6)
    encoded = autoencoder.encode(tiny.vae, pictures).numpy()
    expected = autoencoder.patches(pictures) @ projection.matrix.T + projection.bias
    expected = expected.reshape(16, 4, 4, 6).transpose(0, 3, 1, 2)
    np.testing.assert_allclose(encoded, expected, atol=1e-5)


def test_latents_are_centred_and_of_the_wanted_spread(pictures, tiny):
    latents = autoencoder.encode(tiny.vae, pictures).double()
    assert latents.mean((0, 2, 3)).abs().max() < 1e-5
    assert abs(latents.square().mean().sqrt() - autoencoder.SPREAD) < 1e-3


def test_latents_are_uncorrelated_and_partially_whitened(pictures, tiny):
    latents = autoencoder.encode(tiny.vae, pictures).permute(1, 0, 2, 3).flatten(1).double()
    covariance = torch.cov(latents).numpy()
    energies = np.linalg.eigvalsh(np.cov(autoencoder.patches(pictures).astype(np.float64).T))
    whitened = energies[::-1][:6] ** (1 - autoencoder.WHITENING)
    found = np.diag(covariance) / covariance[0, 0]
    np.testing.assert_allclose(found, whitened / whitened[0], rtol=1e-3)
    off = covariance - np.diag(np.diag(covariance))
    assert np.abs(off).max() < 1e-5


def test_all_components_reconstruct_the_picture(pictures):
    few = pictures[:3]
    projection = autoencoder.fit(pictures, 192 // 4)
    values = autoencoder.patches(few).astype(np.float64)
    latents = values @ projection.matrix.T.astype(np.float64) + projection.bias
    back = (latents - projection.bias) @ np.linalg.pinv(projection.matrix.T.astype(np.float64))
    mean = autoencoder.patches(pictures).mean(0)
    assert np.mean((back - values) ** 2) < np.mean((values - mean) ** 2) / 10


def test_a_flat_patch_gives_finite_latents():
    flat = np.full((2, 32, 32, 3), 7, np.uint8)
    assert np.isfinite(autoencoder.fit(flat, 4).matrix).all()


def test_the_texture_term_is_zero_for_grain_that_only_moved():
    generator = torch.Generator().manual_seed(0)
    grain = torch.rand((1, 3, 32, 32), generator=generator)
    rows = grain.roll(8, dims=-1)
    plain = autoencoder.reconstruction_loss(rows, grain, texture=0.0)
    smooth = torch.full_like(grain, 0.5)
    gain = autoencoder.reconstruction_loss(smooth, grain, texture=1.0)
    moved = autoencoder.reconstruction_loss(rows, grain, texture=1.0)
    without = autoencoder.reconstruction_loss(smooth, grain, texture=0.0)
    assert moved - plain < 0.2 * (gain - without)


def test_a_perfect_reconstruction_costs_nothing():
    picture = torch.rand((1, 3, 16, 16), generator=torch.Generator().manual_seed(1))
    assert autoencoder.reconstruction_loss(picture, picture, texture=1.0) == 0


def test_the_signal_to_noise_ratio_of_a_known_error():
    picture = np.zeros((1, 8, 8, 3), np.uint8)
    expected = 20 * np.log10(255 / 5)
    assert autoencoder.peak_signal_to_noise(picture + np.uint8(5), picture)[0] == expected
