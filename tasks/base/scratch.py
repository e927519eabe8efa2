"""A base model from nothing: its two trainings, that of the decoder and that of the denoiser."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from tasks.base import corpus, learning
from tasks.base.corpus import Corpus
from tasks.base.learning import Names
from tasks.base.parts import Parts
from tasks.base.states import States
from tasks.base.training import Loss, Training


@dataclass(frozen=True)
class Pace(learning.Pace):
    """How a training proceeds, and on which device."""

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
    run = Training(both, pace.averaging)
    return _learn("denoiser", run, loss, pace, states, measure=measure)


def _learn(
    name: str,
    run: Training,
    loss: Loss,
    pace: Pace,
    states: States,
    *,
    measure: Callable[[Training], object] = lambda _: None,
) -> Training:
    """Train to the end, from the newest state on."""
    names = Names(f"base {name}", f"base: {name}", f"base.scratch: the loss of the {name}")
    learning.learn(run, loss, pace, states, names, measure=lambda: measure(run))
    return run
