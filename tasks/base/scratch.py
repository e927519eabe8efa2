"""A base model from nothing: its two trainings, that of the decoder and that of the denoiser."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from torch import nn

from tasks.base import corpus, schedule, training
from tasks.base.corpus import Corpus
from tasks.base.parts import Parts
from tasks.base.states import States
from tasks.base.training import Loss, Training
from tasks.core import progress
from tasks.core.errors import InputError


@dataclass(frozen=True)
class Pace:
    """How a training proceeds."""

    rate: float
    steps: int
    batch: int
    warm_up: int
    averaging: float
    seed: int
    device: str


def pair(parts: Parts) -> nn.ModuleDict:
    """Return the two parts that the denoiser's training changes, as one module."""
    return nn.ModuleDict({"unet": parts.unet, "text_encoder": parts.text_encoder})


def decoder(
    examples: Corpus, parts: Parts, texture: float, pace: Pace, states: States
) -> Training:
    """Return the training of the decoder at its end."""
    vae = parts.vae
    nn.Module.to(vae, pace.device)
    loss = corpus.decoder_loss(examples, vae, texture=texture, batch=pace.batch)
    return _learn("decoder", Training(vae, pace.averaging), loss, pace, states)


def denoiser(
    examples: Corpus,
    parts: Parts,
    pace: Pace,
    states: States,
    measure: Callable[[Training], object],
) -> Training:
    """Return the training of the U-Net and the text encoder at its end; `measure` is called
    before every state that is kept.
    """
    both = pair(parts).to(pace.device)
    scale = parts.vae.config["scaling_factor"]
    loss = corpus.denoiser_loss(examples, parts, scale=scale, batch=pace.batch)
    learning = Training(both, pace.averaging)
    return _learn("denoiser", learning, loss, pace, states, measure=measure)


def _learn(
    name: str,
    learning: Training,
    loss: Loss,
    pace: Pace,
    states: States,
    *,
    measure: Callable[[Training], object] = lambda _: None,
) -> Training:
    """Train to the end, from the newest state on."""
    plan = schedule.over(pace.steps, rate=pace.rate, warm_up=pace.warm_up)
    states.resume(learning, pace.steps)
    losses = training.steps(learning, loss, plan, seed=pace.seed, name=f"base {name}")
    label, done = f"base: {name}", learning.step
    with progress.shown(label, pace.steps, unit="step", done=done) as advance:
        for _ in _finite(losses, name):
            states.keep(learning, lambda: measure(learning))
            advance()
    return learning


def _finite(losses: Iterator[float], name: str) -> Iterator[float]:
    for value in losses:
        if not np.isfinite(value):
            raise InputError(f"base.scratch: the loss of the {name} is {value}; lower its rate")
        yield value
