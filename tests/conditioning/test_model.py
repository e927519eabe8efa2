"""Loading a base model: what it computes, and what is refused."""

import json
import shutil
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import pytest
import torch
from diffusers import AutoencoderKL, StableDiffusionPipeline
from safetensors.torch import load_file

from tasks.conditioning import model
from tasks.core import store
from tasks.core.errors import InputError
from tests.conditioning import tiny


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the tiny model's folder."""
    scheduler = diffusers.UniPCMultistepScheduler(**tiny.FLOW)
    return tiny.save(tmp_path_factory.mktemp("model") / "tiny", scheduler)


@pytest.fixture(scope="module")
def stable(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Path:
    """Return a folder with the parts of Stable Diffusion 1: AutoencoderKL, noise prediction."""
    place = tmp_path_factory.mktemp("model") / "stable"
    torch.manual_seed(3)
    kinds: dict[str, Any] = {
        "down_block_types": ("DownEncoderBlock2D",) * 3,
        "up_block_types": ("UpDecoderBlock2D",) * 3,
        "block_out_channels": (8, 8, 8),
    }
    scales = {"scaling_factor": 0.18215, "shift_factor": 0.1, "norm_num_groups": 4}
    autoencoder = AutoencoderKL(latent_channels=tiny.LATENTS, **kinds, **scales)
    pipeline = StableDiffusionPipeline.from_pretrained(folder, safety_checker=None)
    pipeline.register_modules(vae=autoencoder, scheduler=diffusers.DDIMScheduler())
    pipeline.save_pretrained(place)
    return place


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    """Return a copy of the tiny model's folder, to be damaged."""
    return Path(shutil.copytree(folder, tmp_path / "copy"))


def test_latents_are_those_of_the_stock_autoencoder_times_its_scale(folder):
    loaded, pictures = model.load(folder), tiny.pictures()
    images = torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1
    expected = loaded.vae.encode(images).latents * 2.0
    torch.testing.assert_close(loaded.encode(pictures), expected)


def test_the_mode_of_a_posterior_is_shifted_and_scaled(stable):
    loaded, pictures = model.load(stable), tiny.pictures()
    images = torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1
    expected = (loaded.vae.encode(images).latent_dist.mean - 0.1) * 0.18215
    torch.testing.assert_close(loaded.encode(pictures), expected)


@pytest.mark.parametrize("name", ["folder", "stable"])
def test_decoding_is_the_stock_decoder_s_on_unscaled_latents(name, request):
    loaded = model.load(request.getfixturevalue(name))
    config = loaded.vae.config
    latents = torch.randn((2, tiny.LATENTS, 8, 8), generator=torch.Generator().manual_seed(0))
    raw = latents / config["scaling_factor"] + (config.get("shift_factor") or 0)
    expected = (loaded.vae.decode(raw).sample / 2 + 0.5).clamp(0, 1).permute(0, 2, 3, 1)
    decoded = loaded.decode(latents)
    assert decoded.dtype == np.uint8
    assert np.abs(decoded / 255 - expected.numpy()).max() < 0.51 / 255


def test_floats_encode_as_bytes_do(folder):
    loaded, pictures = model.load(folder), tiny.pictures()
    floats = (pictures / 255).astype(np.float32)
    torch.testing.assert_close(loaded.encode(floats), loaded.encode(pictures))


def test_a_picture_s_latents_do_not_depend_on_its_batch(folder):
    loaded, pictures = model.load(folder), tiny.pictures(5)
    latents = loaded.encode(pictures)
    assert torch.equal(loaded.encode(pictures[3:4])[0], latents[3])
    np.testing.assert_array_equal(loaded.decode(latents[2:])[0], loaded.decode(latents)[2])


@pytest.mark.parametrize("name", ["folder", "stable"])
def test_captions_embed_as_in_the_stock_pipeline(name, request):
    place = request.getfixturevalue(name)
    loaded = model.load(place)
    stock = StableDiffusionPipeline.from_pretrained(place, safety_checker=None)
    words, empty = stock.encode_prompt(tiny.CAPTIONS, "cpu", 1, True)
    torch.testing.assert_close(loaded.embed(tiny.CAPTIONS).sequence, words)
    torch.testing.assert_close(loaded.silence(1).sequence, empty[:1])


def test_the_cell_s_side_and_the_picture_s_come_from_the_configurations(folder, stable):
    assert model.load(folder).vae_factor == tiny.FACTOR
    assert model.load(stable).sample_size == tiny.SIZE


def test_nothing_of_a_loaded_model_learns(folder):
    loaded = model.load(folder)
    for part in (loaded.vae, loaded.unet, loaded.text_encoder):
        assert not part.training
        assert not any(weight.requires_grad for weight in part.parameters())


def test_weights_stored_in_half_precision_are_computed_with_in_full(folder, copy):
    stock = StableDiffusionPipeline.from_pretrained(folder, safety_checker=None)
    stock.to(dtype=torch.float16).save_pretrained(copy)
    stored = load_file(copy / "unet" / "diffusion_pytorch_model.safetensors")
    assert next(iter(stored.values())).dtype == torch.float16
    assert model.load(copy).unet.dtype == torch.float32


def test_a_record_leads_to_the_model(folder, tmp_path):
    record = {"folder": str(folder), "digest": store.digest(folder)}
    (tmp_path / model.RECORD).write_text(json.dumps(record))
    pictures = tiny.pictures()
    expected = model.load(folder).encode(pictures)
    assert torch.equal(model.load(tmp_path).encode(pictures), expected)


def test_a_recorded_model_that_changed_is_refused(copy, tmp_path):
    place = tmp_path / "base"
    place.mkdir()
    record = {"folder": str(copy), "digest": store.digest(copy)}
    (place / model.RECORD).write_text(json.dumps(record))
    (copy / "added.txt").write_text("changed")
    with pytest.raises(InputError, match="not the base model that was recorded; run: dvc repro"):
        model.load(place)


def test_nothing_is_written_while_loading(folder, capfd):
    model.load(folder)
    output = capfd.readouterr()
    assert (output.out, output.err) == ("", "")


def refused(source: Path | str) -> str:
    with pytest.raises(InputError) as caught:
        model.load_source(str(source))
    message = str(caught.value)
    assert "\n" not in message
    assert str(source) in message
    return message


def test_an_empty_folder_is_refused(tmp_path):
    refused(tmp_path)


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    refused(tmp_path / "missing")


def test_a_hub_id_without_network_is_refused():
    assert "the hub does not answer" in refused("nobody/nothing")


def test_pickled_weights_are_not_read(copy):
    weights = copy / "unet" / "diffusion_pytorch_model.safetensors"
    weights.rename(weights.with_suffix(".bin"))
    assert "safetensors" in refused(copy)


def test_damaged_weights_are_refused(copy):
    (copy / "unet" / "diffusion_pytorch_model.safetensors").write_bytes(b"\0" * 100)
    refused(copy)


def test_a_u_net_for_other_latents_is_refused(copy):
    import dataclasses

    loaded = model.load(copy)
    config = {**loaded.vae.config, "latent_channels": 8}
    other = dataclasses.replace(loaded, vae=diffusers.AutoencoderTiny.from_config(config))
    pipeline = StableDiffusionPipeline.from_pretrained(copy, safety_checker=None)
    pipeline.register_modules(vae=other.vae)
    pipeline.save_pretrained(copy)
    assert "takes 4 channels, the autoencoder gives 8" in refused(copy)


def test_a_tokenizer_of_another_text_encoder_is_refused(copy):
    file = copy / "tokenizer" / "tokenizer_config.json"
    config = json.loads(file.read_text())
    file.write_text(json.dumps({**config, "model_max_length": 77}))
    assert "makes 77 tokens, its text encoder takes 8" in refused(copy)


def test_a_tokenizer_with_more_tokens_than_its_text_encoder_is_refused(copy):
    from tasks.base import tokenizer

    larger = tokenizer.train([*tiny.CAPTIONS, "xylophone quizzes"], size=600, length=8)
    larger.save_pretrained(copy / "tokenizer")
    assert "the tokenizer knows" in refused(copy)


@pytest.mark.parametrize("caption", ["một con mèo ngủ trên ghế 🐈", "a sea " * 1667, "", "\n\t"])
def test_any_caption_becomes_a_sequence_of_the_tokenizer_s_length(folder, caption):
    words = model.load(folder).embed([caption]).sequence
    assert words.shape == (1, 8, tiny.WIDTH)
    assert words.isfinite().all()


def test_a_model_without_a_text_encoder_is_refused(copy):
    index = json.loads((copy / "model_index.json").read_text())
    index["text_encoder"] = [None, None]
    (copy / "model_index.json").write_text(json.dumps(index))
    assert "text_encoder" in refused(copy)
