"""What a training step of the phase model costs, and what its gradient is worth."""

import time
from collections.abc import Callable

import numpy as np
import torch
from torch import nn

from tasks.orientation.arms.phases import PhaseArm
from tasks.orientation.arms.size import Size
from tasks.orientation.circle.phase import encode
from tasks.orientation.targets.visits import draw_steps
from tests.benchmarks.orientation_arms import changed

BODY = Size((48, 64), 1, (1,), 2, 8, half=False)
"""The stage's network: 0.9 million weights."""
BATCH, ROUNDS, GRADIENTS, PRACTICE = 16, 5, 24, 30
SHARE, GAIN = 0.25, 4.0
"""Bounds: the share of chain and target in a step, and how many times the released recipe's work
ours must save.
"""


def measure(crops: np.ndarray) -> dict[str, float]:
    """Return CPU seconds of a step, the share of chain and target in it, and the work that the
    released recipe needs for a gradient of the same variance, over ours. Both fit the same score
    by the same visits and weights: their mean gradients are one.
    """
    pictures = torch.from_numpy(crops[:BATCH])[:, None]
    ours = changed().arm()
    released = changed(target={"name": "one_step", "draws": 5}).arm()
    network = _practised(ours, pictures)
    runs: dict[str, Callable[[], object]] = {
        "step": lambda: _gradient(ours, network, pictures, 0),
        "released": lambda: _gradient(released, network, pictures, 0),
        "target": lambda: _target(ours, pictures),
    }
    seconds = {name: min(_cpu(run) for _ in range(ROUNDS)) for name, run in runs.items()}
    for _ in range(ROUNDS):  # interleaved, so that a slow moment strikes all alike
        for name, run in runs.items():
            seconds[name] = min(seconds[name], _cpu(run))
    spread = [_variance(arm, network, pictures) for arm in (ours, released)]
    return {
        "step": seconds["step"],
        "released": seconds["released"],
        "share": seconds["target"] / seconds["step"],
        "variance": spread[1] / spread[0],
        "gain": seconds["released"] * spread[1] / (seconds["step"] * spread[0]),
    }


def broken(found: dict[str, float]) -> list[str]:
    """Return a line for each bound that is broken."""
    lines = []
    if found["share"] > SHARE:
        lines.append(f"chain and target: {found['share']:.2f} of a step; the bound is {SHARE}")
    if found["gain"] < GAIN:
        lines.append(f"released recipe: {found['gain']:.1f} times our work; the bound is {GAIN}")
    return lines


def _cpu(run: Callable[[], object]) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start


def _target(arm: PhaseArm, pictures: torch.Tensor) -> None:
    generator = torch.Generator().manual_seed(0)
    steps = draw_steps(arm.visits, arm.schedule, len(pictures), generator)
    arm.target(arm.process, arm.schedule, encode(pictures, arm.reach), steps, generator)


def _practised(arm: PhaseArm, pictures: torch.Tensor) -> nn.Module:
    """Return a network after a few steps: at the start only its last layer has a gradient."""
    torch.manual_seed(0)
    network = arm.build(BODY, 1)
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3)
    for number in range(PRACTICE):
        optimizer.zero_grad()
        arm.loss(network, pictures, torch.Generator().manual_seed(number)).backward()
        optimizer.step()
    return network


def _gradient(
    arm: PhaseArm, network: nn.Module, pictures: torch.Tensor, seed: int
) -> torch.Tensor:
    network.zero_grad()
    arm.loss(network, pictures, torch.Generator().manual_seed(seed)).backward()
    grads = [weight.grad for weight in network.parameters() if weight.grad is not None]
    return torch.cat([grad.flatten() for grad in grads])


def _variance(arm: PhaseArm, network: nn.Module, pictures: torch.Tensor) -> float:
    """Return the trace of the gradient's covariance."""
    drawn = torch.stack([_gradient(arm, network, pictures, seed) for seed in range(GRADIENTS)])
    return float(drawn.var(0).sum())
