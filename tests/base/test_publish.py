import json

import cv2
import pytest

from tasks.base import card, curves, parts, publish, weights
from tasks.conditioning import model
from tasks.core.errors import InputError

RECORD = {
    "recipe": {
        "seed": 3,
        "pictures": 16,
        "latents": 6,
        "channels": [16, 32],
        "text_width": 16,
        "text_layers": 1,
        "tokens": 256,
        "caption_length": 8,
        "decoder_steps": 4,
        "decoder_batch": 2,
        "decoder_rate": 0.001,
        "steps": 5,
        "batch": 2,
        "rate": 0.001,
        "warm_up": 1,
        "averaging": 0.9,
    },
    "data": {"pictures": 16, "size": 32},
    "decoder": {"loss": [{"step": 4, "loss": 0.25}], "peak_signal_to_noise": 27.04},
    "denoiser": {"loss": [{"step": 5, "loss": 1.5}], "distance": [{"step": 5, "distance": 2.5}]},
}


@pytest.fixture
def trained(tiny, tmp_path):
    folder = tmp_path / "base"
    parts.save(tiny, folder)
    (folder / curves.FILE).write_text(json.dumps(RECORD))
    return folder


def test_a_published_model_is_sealed_and_loads(trained, tmp_path):
    place = tmp_path / "embedded"
    publish.publish(trained, place)
    weights.check(place)
    assert model.load_source(str(place)).sample_size == 32


def test_publishing_replaces_what_was_there(trained, tmp_path):
    place = tmp_path / "embedded"
    place.mkdir()
    (place / "old").write_text("old")
    publish.publish(trained, place)
    assert not (place / "old").exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".tmp")] == []


def test_publishing_twice_gives_the_same_bytes(trained, tmp_path):
    publish.publish(trained, tmp_path / "first")
    publish.publish(trained, tmp_path / "second")
    assert weights.checksums(tmp_path / "first") == weights.checksums(tmp_path / "second")


def test_the_card_tells_the_recipe_and_shows_every_sample(trained, tmp_path):
    place = tmp_path / "embedded"
    publish.publish(trained, place)
    text = (place / "README.md").read_text()
    for wanted in (
        "32 × 32",
        "| decoder | 4 | 2 | 0.001 | 0.2500 |",
        "| 5 | 2.500 |",
        "Seed 3",
        "at 27.0 dB",
    ):
        assert wanted in text
    assert "{{" not in text
    rows = len(card.CAPTIONS) // card.COLUMNS
    grid = cv2.imread(str(place / card.GRID))
    assert grid is not None
    assert grid.shape == (32 * rows, 32 * card.COLUMNS, 3)


def test_a_model_that_was_not_trained_here_is_refused(trained, tmp_path):
    (trained / curves.FILE).unlink()
    with pytest.raises(InputError, match=r"training\.json: missing"):
        publish.publish(trained, tmp_path / "embedded")
    assert not (tmp_path / "embedded").exists()


def test_too_large_a_model_is_refused(trained, tmp_path, monkeypatch):
    monkeypatch.setattr(publish, "LIMIT", 1000)
    with pytest.raises(InputError, match="MB as float16"):
        publish.publish(trained, tmp_path / "embedded")
    assert not (tmp_path / "embedded").exists()
