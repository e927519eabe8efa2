"""Publishing: a base model that was trained from scratch becomes the embedded one."""

import json
import shutil
import sys
from pathlib import Path

import cv2
import numpy as np
import torch
from jaxtyping import UInt8

from tasks.base import card, curves, parts, weights
from tasks.conditioning import model
from tasks.conditioning.model import DiffusionModel
from tasks.core import project, store
from tasks.core.errors import InputError

LIMIT = 16_000_000
"""Bytes that the embedded model may take in the repository."""


def publish(folder: Path, place: Path) -> None:
    """Put the trained model in `folder` into `place`: float16 weights, card, samples, checksums.

    Raises:
        InputError: `folder` holds no model that was trained from scratch, or it is too large.
    """
    record = folder / curves.FILE
    if not record.is_file():
        raise InputError(f"{record}: missing; set base.model to scratch and run: dvc repro base")
    trained = model.load(folder)
    draft = place.with_name(f"{place.name}.tmp")
    shutil.rmtree(draft, ignore_errors=True)
    parts.save(trained, draft, torch.float16)
    shutil.copyfile(record, draft / curves.FILE)
    cv2.imwrite(str(draft / card.GRID), grid(model.load_source(str(draft)))[..., ::-1])
    size = sum(path.stat().st_size for path in draft.rglob("*") if path.is_file())
    if size > LIMIT:
        raise InputError(
            f"{folder}: {size / 1e6:.1f} MB as float16; {LIMIT / 1e6:.0f} are allowed"
        )
    about = card.text(
        json.loads(record.read_text()), parameters=_parameters(trained), size_in_bytes=size
    )
    (draft / "README.md").write_text(about)
    weights.seal(draft)
    shutil.rmtree(place, ignore_errors=True)
    draft.rename(place)


def grid(trained: DiffusionModel) -> UInt8[np.ndarray, "y x 3"]:
    """Return the sample of each caption of the card, row by row."""
    pictures = curves.painted(trained, card.CAPTIONS)
    rows = [pictures[at : at + card.COLUMNS] for at in range(0, len(pictures), card.COLUMNS)]
    return np.concatenate([np.concatenate(list(row), axis=1) for row in rows])


def _parameters(trained: DiffusionModel) -> int:
    modules = (trained.vae, trained.text_encoder, trained.unet)
    return sum(weight.numel() for module in modules for weight in module.parameters())


def main() -> None:
    """Publish what lies in the stage's folder; the exit status is 1 after a user's mistake."""
    try:
        project.enter()
        publish(store.folder("base"), weights.FOLDER)
    except InputError as error:
        sys.exit(f"base: {error}")
