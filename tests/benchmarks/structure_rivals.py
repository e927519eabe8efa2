"""What the ControlNet on impressions is compared with: networks trained on the same pictures, for
as many steps of the same recipe (section `controlnet` of params.yaml), that see something else or
are something else.

| rival | network | sees |
|---|---|---|
| `blurred` | ControlNet | the picture blurred by a Gaussian (σ = 4 pixels), every 4 pixels |
| `canny` | ControlNet | edges of Canny at the picture's size (`canny` of the features, σ = 1.4) |
| `light` | light branch | the impression, all channels |

A training that was cut goes on from its last state. Everything lies in one folder outside of git.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from safetensors.torch import load_file, save_file

from tasks.artifacts.impressions import IMPRESSIONS
from tasks.artifacts.pictures import PICTURES, TRAIN
from tasks.base import training as steps_of
from tasks.conditioning.model import DiffusionModel
from tasks.conditioning.words import Words
from tasks.controlnet import network, objective, training
from tasks.controlnet.params import Controlnet
from tasks.core import random, store
from tasks.features import light
from tasks.features.canny import edges

BLUR, STRIDE = 4.0, 4
CANNY = {"sigma": 1.4, "low": 0.01, "high": 0.025}
EVERY = 50
RIVALS = ("blurred", "canny", "light")


def blurred(pictures: np.ndarray) -> np.ndarray:
    """Return the pictures, blurred, with a value every `STRIDE` pixels, channels first."""
    smooth = [cv2.GaussianBlur(each, (0, 0), BLUR)[2::STRIDE, 2::STRIDE] for each in pictures]
    return np.stack(smooth).transpose(0, 3, 1, 2).astype(np.float32) / 255


def canny(pictures: np.ndarray) -> np.ndarray:
    """Return Canny's edges, 0 or 1, one channel."""
    found = [edges(luma, **CANNY) > 0 for luma in light.luma(pictures)]
    return np.stack(found)[:, None].astype(np.float32)


def maps_of(rival: str, pictures: np.ndarray, impressions: np.ndarray) -> np.ndarray:
    """Return what `rival` sees of pictures whose impressions are given."""
    seen: dict[str, Callable[[], np.ndarray]] = {
        "blurred": lambda: blurred(pictures),
        "canny": lambda: canny(pictures),
        "light": lambda: impressions,
    }
    return seen[rival]()


def trained(rival: str, folder: Path, base: DiffusionModel, section: Controlnet, seed: int) -> Any:
    """Return the network of `rival`, trained if it is not yet there."""
    place = folder / rival
    if not (place / "config.json").is_file():
        learning = _train(rival, place, _examples(rival, folder, base), base, section, seed)
        learning.average.save_pretrained(place)
    return network.load(place)


def _train(
    rival: str,
    place: Path,
    examples: objective.Examples,
    base: DiffusionModel,
    section: Controlnet,
    seed: int,
) -> Any:
    made = network.build(
        base.unet,
        channels=examples.maps.shape[1],
        embedding=section.embedding,
        vae_factor=base.vae_factor,
        seed=random.seed(seed, "controlnet", "layers"),
        branch="light" if rival == "light" else "controlnet",
    )
    rate = training.Rate(
        section.learning_rate, section.new_layers_factor, section.warm_up, section.averaging
    )
    learning = training.begin(made, rate)
    place.mkdir(parents=True, exist_ok=True)
    if (place / steps_of.FILE).is_file():
        steps_of.load(learning, place)
    rows, cols = (base.vae_factor * length for length in examples.latents.shape[-2:])
    choices = objective.Choices(
        section.batch,
        (rows, cols),
        section.caption_drop,
        section.condition_drop,
        section.logit_mean,
    )
    losses = training.learn(
        learning, base, examples, choices, rate, steps=section.steps, seed=seed
    )
    for loss in losses:
        if learning.step % EVERY == 0:
            print(f"{rival} {learning.step:5} {loss:.4f}", flush=True)
            steps_of.save(learning, place)
    return learning


def _examples(rival: str, folder: Path, base: DiffusionModel) -> objective.Examples:
    data = store.read("pictures", PICTURES)
    learned = np.flatnonzero(data.split.values == TRAIN)
    pictures = store.take(data.picture, learned)
    cache = folder / "latents.safetensors"
    if not cache.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        captions = [str(caption) for caption in data.caption.values[learned]]
        words = base.embed(captions).sequence
        values = {"latents": base.encode(pictures)[:, None], "words": words}
        save_file({name: value.contiguous() for name, value in values.items()}, cache)
    known = load_file(cache)
    impressions = store.take(store.read("impressions", IMPRESSIONS).impression, learned)
    return objective.Examples(
        maps=torch.from_numpy(maps_of(rival, pictures, impressions.astype(np.float32))),
        latents=known["latents"],
        words=Words(known["words"], torch.empty(len(learned), 0)),
        silence=base.silence(1),
    )
