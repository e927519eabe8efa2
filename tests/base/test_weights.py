import pytest

from tasks.base import weights
from tasks.core.errors import InputError


@pytest.fixture
def sealed(tmp_path):
    (tmp_path / "unet").mkdir()
    (tmp_path / "unet" / "weights.safetensors").write_bytes(b"weights")
    (tmp_path / "model_index.json").write_text("{}")
    weights.seal(tmp_path)
    return tmp_path


def test_a_sealed_folder_passes(sealed):
    weights.check(sealed)


def test_a_changed_file_is_refused_by_name(sealed):
    (sealed / "unet" / "weights.safetensors").write_bytes(b"Weights")
    with pytest.raises(InputError, match=r"weights\.safetensors: not the file"):
        weights.check(sealed)


def test_a_missing_file_is_refused_by_name(sealed):
    (sealed / "model_index.json").unlink()
    with pytest.raises(InputError, match=r"model_index\.json"):
        weights.check(sealed)


def test_an_added_file_is_refused_by_name(sealed):
    (sealed / "unet" / "more.bin").write_bytes(b"x")
    with pytest.raises(InputError, match=r"more\.bin"):
        weights.check(sealed)


def test_a_folder_without_its_list_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"checksums\.json: missing"):
        weights.check(tmp_path)


def test_the_embedded_weights_are_those_that_were_published():
    weights.check(weights.FOLDER)


def test_the_embedded_weights_are_small_enough_for_the_repository():
    files = [path for path in weights.FOLDER.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 16_000_000
