"""Pictures as phases.

A value x in [−1, 1] (x = 2 v / 255 − 1 for a stored byte v) is the phase θ = ρ π x of one
oscillator, one per pixel and channel. The reach ρ in (0, 1] says how much of the circle the greys
span: the arc ρ π < |θ| ≤ π belongs to no grey, and is as long as the way from black to white
across the wrap is short. Phases live on the circle, where

    W(a) = ((a + π) mod 2π) − π

names each of them by its representative in [−π, π) (Song et al. 2025, arXiv:2509.15328, section
3).
"""

import math

import torch
from jaxtyping import Float, UInt8
from torch import Tensor

Phases = Float[Tensor, "picture channel y x"]
Times = Float[Tensor, " picture"]
LEVELS = 256


def wrap(angle: Float[Tensor, "*any"]) -> Float[Tensor, "*any"]:
    """Return W(angle), in [−π, π)."""
    turned = torch.remainder(angle + math.pi, 2 * math.pi) - math.pi
    return torch.where(turned >= math.pi, turned - 2 * math.pi, turned)


def to_values(pictures: UInt8[Tensor, "*any"]) -> Float[Tensor, "*any"]:
    """Return the bytes as values in [−1, 1], in single precision."""
    return pictures.float() * (2 / (LEVELS - 1)) - 1


def to_bytes(values: Float[Tensor, "*any"]) -> UInt8[Tensor, "*any"]:
    """Return values, cut to [−1, 1], as bytes, rounded to the nearest."""
    return ((values.clamp(-1, 1) + 1) * ((LEVELS - 1) / 2)).round().to(torch.uint8)


def encode(pictures: UInt8[Tensor, "*any"], reach: float) -> Float[Tensor, "*any"]:
    """Return the phases of pictures at reach ρ, in [−ρπ, ρπ].

    Raises:
        ValueError: the reach is not in (0, 1].
    """
    if not 0 < reach <= 1:
        raise ValueError(f"reach is {reach}; it must lie in (0, 1]")
    return to_values(pictures) * (reach * math.pi)


def decode(phase: Float[Tensor, "*any"], reach: float) -> UInt8[Tensor, "*any"]:
    """Return the pictures of phases; those beyond ±ρπ are black or white, whichever is nearer."""
    return to_bytes(wrap(phase) / (reach * math.pi))
