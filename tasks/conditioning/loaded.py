"""Base models, loaded once a process. Stages work in threads, and loading is no work for two."""

from pathlib import Path
from threading import Lock

from tasks.conditioning import model
from tasks.conditioning.model import DiffusionModel

_LOCK = Lock()
_MODELS: dict[tuple[str, str], DiffusionModel] = {}


def base(folder: Path, digest: str, device: str) -> DiffusionModel:
    """Return the base model in `folder`, whose digest is `digest`: another one is loaded anew."""
    with _LOCK:
        if (digest, device) not in _MODELS:
            _MODELS.clear()
            _MODELS[digest, device] = model.load(folder, device)
        return _MODELS[digest, device]
