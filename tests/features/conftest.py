"""Small photographs for the features, and a small base model for their latents."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from skimage import data


def cut() -> np.ndarray:
    photograph = data.astronaut()
    places = [(37 * i % 480, 91 * i % 470) for i in range(12)]
    pictures = [photograph[y : y + 24, x : x + 40] for y, x in places]
    return np.stack(
        [*pictures, np.zeros((24, 40, 3), np.uint8), np.full((24, 40, 3), 255, np.uint8)]
    )


@pytest.fixture(scope="session")
def crops() -> np.ndarray:
    """Twelve crops of 24 x 40 pixels of a photograph, and a black and a white one."""
    return cut()


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a base model whose autoencoder was fitted on the crops; nothing is trained."""
    from tasks.base import parts

    sizes = parts.Sizes(
        latents=5,
        decoder_blocks=(0, 0, 0, 0),
        channels=(16, 16),
        text_width=8,
        text_layers=1,
        tokens=300,
        caption_length=8,
    )
    begun = parts.begin(cut()[:, :, :24], ["a hill", "a lake"], sizes, seed=1)
    folder = tmp_path_factory.mktemp("model") / "base"
    parts.save(begun, folder)
    return folder


@pytest.fixture
def with_base(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of that model in a project, which is the current directory."""
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copytree(model, tmp_path / "data" / "base"))
