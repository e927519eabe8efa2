import numpy as np
import pytest

from tasks.conditioning.model import load
from tasks.core.errors import InputError
from tasks.features.extract import build, channels, extract
from tests.features.choices import choice


def test_cells_of_the_autoencoders_factor_show_its_latents(with_base, crops) -> None:
    found = extract(crops, build([choice("latents")]), 8, 8)
    expected = load(with_base).encode(crops).numpy()
    np.testing.assert_allclose(found.values, np.moveaxis(expected, 1, -1), atol=1e-5)
    assert found.names == tuple(f"latent_{index}" for index in range(5))


def test_finer_cells_share_a_latent_and_wider_ones_average(with_base, crops) -> None:
    chosen = build([choice("latents")])
    whole = extract(crops, chosen, 8, 8).values
    fine = extract(crops, chosen, 4, 4).values
    np.testing.assert_allclose(fine, whole.repeat(2, axis=1).repeat(2, axis=2), atol=1e-5)
    wide = extract(crops[:, :16, :32], chosen, 16, 16).values
    blocks = extract(crops[:, :16, :32], chosen, 8, 8).values.reshape(-1, 1, 2, 2, 2, 5)
    np.testing.assert_allclose(wide, blocks.mean(axis=(2, 4)), atol=1e-5)


def test_the_model_counts_its_own_channels_even_when_another_takes_its_place(
    with_base, model, tmp_path, monkeypatch
) -> None:
    assert len(channels(build([choice("latents")]))) == 5
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="data/base: not there; run: dvc repro base"):
        channels(build([choice("latents")]))
