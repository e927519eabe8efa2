import subprocess
import sys

import numpy as np
import torch
from safetensors.torch import load_file

from tasks.base import parts
from tasks.conditioning import model

FILES = {
    "vae": "diffusion_pytorch_model.safetensors",
    "unet": "diffusion_pytorch_model.safetensors",
    "text_encoder": "model.safetensors",
}

RENDER = """
import sys
import numpy as np, torch
from diffusers import StableDiffusionPipeline
assert "tasks" not in sys.modules
sys.modules["tasks"] = sys.modules["flows"] = None  # installed or not, it cannot be imported
try:
    import tasks
except ImportError:
    pass
else:
    raise SystemExit("the project can be imported")
pipe = StableDiffusionPipeline.from_pretrained(sys.argv[1], safety_checker=None)
noise = torch.randn((1, 6, 4, 4), generator=torch.Generator().manual_seed(3))
image = pipe("a red square", num_inference_steps=3, guidance_scale=1.5, latents=noise,
             output_type="np").images[0]
np.save(sys.argv[2], image)
"""


def test_the_same_seed_begins_the_same_model(pictures, captions, sizes, tiny):
    again = parts.begin(pictures, captions, sizes, seed=1)
    other = parts.begin(pictures, captions, sizes, seed=2)
    for name in ("vae", "unet", "text_encoder"):
        first = getattr(tiny, name).state_dict()
        second = getattr(again, name).state_dict()
        assert all(torch.equal(first[key], second[key]) for key in first)
    assert not torch.equal(tiny.unet.conv_in.weight, other.unet.conv_in.weight)


def test_a_saved_model_loads_bit_by_bit(tiny, tmp_path):
    parts.save(tiny, tmp_path)
    loaded = model.load(tmp_path)
    for name in ("vae", "unet", "text_encoder"):
        first, second = getattr(tiny, name).state_dict(), getattr(loaded, name).state_dict()
        assert first.keys() == second.keys()
        assert all(torch.equal(first[key], second[key]) for key in first), name


def test_half_precision_is_stored_and_full_precision_is_loaded(tiny, tmp_path):
    parts.save(tiny, tmp_path, torch.float16)
    for name, file in FILES.items():
        stored = load_file(tmp_path / name / file)
        kinds = {value.dtype for value in stored.values() if value.is_floating_point()}
        assert kinds == {torch.float16}
    loaded = model.load(tmp_path)
    assert loaded.unet.dtype == loaded.vae.dtype == loaded.text_encoder.dtype == torch.float32
    assert tiny.unet.dtype == torch.float32


def test_a_stock_pipeline_without_the_project_renders_the_same(tiny, tmp_path):
    from tasks.conditioning.request import Request, paint

    folder, image = tmp_path / "model", tmp_path / "image.npy"
    parts.save(tiny, folder)
    subprocess.run(
        [sys.executable, "-I", "-c", RENDER, str(folder), str(image)],
        check=True,
        cwd=tmp_path,
        capture_output=True,
        timeout=120,
    )
    noise = torch.randn((1, 6, 4, 4), generator=torch.Generator().manual_seed(3))
    request = Request(
        ["a red square"], [0], 0, (32, 32), steps=3, guidance_scale=1.5, given_noise=noise
    )
    ours = paint(model.load(folder), request)[0]
    stock = np.load(image)
    assert np.abs(ours / 255 - stock).max() < 0.5 / 255 + 1e-3
