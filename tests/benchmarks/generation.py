"""How fast pictures are made, against diffusers' plain pipeline called once a picture.

    python -m tests.benchmarks.generation --json FILE [--check] [--pictures N]

Both sides paint the same unseen procedural scenes under their impressions with the models of
`data/base` and `data/controlnet`, on one thread:

| side | what |
|---|---|
| `plain_20`, `plain_50` | `StableDiffusionControlNetPipeline`, a call a picture, with guidance |
| `ours_8`, `ours_4`, `ours_2` | mode `controlnet`, a batch of all, UniPC, no caption guidance |
| `ours_4_held`, `ours_2_held` | the same, the ControlNet's residuals made at every second step |

at 128 pixels (latents of 16 × 16) and at 256 (32 × 32). The sides take turns, a round after the
other; a picture's time is the least over the rounds of the CPU time of a call, decoding included.
`luma` and `edge` are correlations as `tasks.impressions.fidelity` measures them on the pictures of
the first round (`plain_50` is timed on two pictures and not judged). `arithmetic` is the share of
our time that is spent within the U-Net and the ControlNet; `decoding` that within the decoder,
whose convolutions alone take `floor`: multiplications by the fastest product of matrices at hand.

`--check`: ours is 20 times as fast as `plain_20` at 16 × 16, 10 times at 32 × 32, the luma
correlation at most 0.01 below, and the share of arithmetic at least 0.8.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import StableDiffusionControlNetPipeline

from tasks.artifacts.som import SOM
from tasks.conditioning import maps as conditioning_maps
from tasks.conditioning import model, noise, schedulers
from tasks.conditioning.registry import mode
from tasks.conditioning.request import Request
from tasks.controlnet import network
from tasks.core import backend, params, store
from tasks.impressions import fidelity
from tasks.impressions.extract import extractor
from tasks.pictures import scenes

SIZES = {128: 20.0, 256: 10.0}
"""Sides of the pictures, and how many times as fast ours is to be."""
FIRST = 1 << 40
"""Seed of the first scene, beyond those of the data."""
GUIDANCE, ROUNDS, SLACK, ARITHMETIC = 1.5, 2, 0.01, 0.8
CLAIM = "ours_2_held"
FLOOR = 1024
"""Side of the square matrices whose product tells what the processor can do."""


class Bench:
    """The models, the extractor, and the pictures of one size."""

    def __init__(self, side: int, count: int) -> None:
        drawn = [scenes.draw(FIRST + number, side) for number in range(count)]
        self.side, self.pictures = side, np.stack([picture for picture, _ in drawn])
        self.captions = [caption for _, caption in drawn]
        features, shown = params.load("features"), params.load("impressions")
        self.read = extractor(
            store.read("som", SOM),
            features.extractors,
            features.cell,
            features.stride,
            shown.decoders,
            refinements=shown.refinements,
        )
        self.maps = self.read(self.pictures)
        self.base = model.load(store.folder("base"))
        self.control = network.load(store.folder("controlnet"))
        with model.silenced():
            self.pipeline: Any = StableDiffusionControlNetPipeline(
                vae=self.base.vae,
                text_encoder=self.base.text_encoder,
                tokenizer=self.base.tokenizer,
                unet=self.base.unet,
                controlnet=self.control,
                scheduler=schedulers.build("unipc", self.base.scheduler),
                safety_checker=None,  # pyright: ignore[reportArgumentType]
                feature_extractor=None,  # pyright: ignore[reportArgumentType]
                requires_safety_checker=False,
            )
        self.pipeline.set_progress_bar_config(disable=True)

    def plain(self, steps: int, count: int) -> np.ndarray:
        """Return the first pictures as the stock pipeline paints them, one by one."""
        wanted = conditioning_maps.condition(self.maps[:count], (self.side, self.side))
        calls = (
            self.pipeline(
                self.captions[number],
                image=wanted[number : number + 1],
                num_inference_steps=steps,
                guidance_scale=GUIDANCE,
                generator=noise.generators(0, [number]),
                output_type="np",
            ).images
            for number in range(count)
        )
        return np.rint(255 * np.concatenate(list(calls))).astype(np.uint8)

    def ours(self, steps: int, count: int, reuse: int = 1) -> np.ndarray:
        """Return the first pictures as mode `controlnet` paints them, in one batch."""
        request = Request(
            captions=self.captions[:count],
            names=list(range(count)),
            seed=0,
            size=(self.side, self.side),
            steps=steps,
            guidance_scale=1.0,
            maps=self.maps[:count],
            controlnet=self.control,
        )
        choice = {"name": "controlnet", "controlnet_conditioning_scale": 1.0, "reuse": reuse}
        return mode(choice, what="mode")(self.base, request)

    def floor(self) -> float:
        """Return the seconds that the decoder's multiplications of one picture take at least."""
        done = 0

        def count(layer: Any, _: Any, output: torch.Tensor) -> None:
            nonlocal done
            done += layer.weight.numel() * output.shape[2] * output.shape[3]

        layers = [m for m in self.base.vae.decoder.modules() if isinstance(m, torch.nn.Conv2d)]
        hooks = [layer.register_forward_hook(count) for layer in layers]
        cells = self.side // self.base.vae_factor
        with torch.inference_mode():
            self.base.vae.decode(
                torch.zeros(1, self.base.unet.config["in_channels"], cells, cells)
            )
        for hook in hooks:
            hook.remove()
        square = torch.rand(FLOOR, FLOOR)
        return done / FLOOR**3 * min(seconds(lambda: square @ square) for _ in range(ROUNDS + 3))

    def shares(self, steps: int, count: int, reuse: int = 1) -> dict[str, float]:
        """Return the shares of our time within the networks and within the decoder."""
        within = {"arithmetic": 0.0, "decoding": 0.0}
        kinds = (type(self.base.unet), type(self.control))
        undone = [_watch(kind, "forward", within, "arithmetic") for kind in kinds]
        undone.append(_watch(type(self.base.vae), "decode", within, "decoding"))
        whole = seconds(lambda: self.ours(steps, count, reuse))
        for undo in undone:
            undo()
        return {
            **{name: value / whole for name, value in within.items()},
            "floor": count * self.floor() / whole,
        }


def _watch(kind: Any, method: str, within: dict[str, float], name: str) -> Callable[[], None]:
    """Add the CPU time of every call of the class's method to `within`; return what ends that."""
    original = getattr(kind, method)

    def timed(self: Any, *given: Any, **named: Any) -> Any:
        start = time.process_time()
        try:
            return original(self, *given, **named)
        finally:
            within[name] += time.process_time() - start

    setattr(kind, method, timed)
    return lambda: setattr(kind, method, original)


def seconds(function: Callable[[], object]) -> float:
    """Return the CPU time of one call."""
    start = time.process_time()
    function()
    return time.process_time() - start


def measure(side: int, count: int) -> dict[str, Any]:
    """Return the figures of one size."""
    bench = Bench(side, count)
    sides: dict[str, tuple[Callable[[], np.ndarray], int]] = {
        "plain_20": (lambda: bench.plain(20, count), count),
        "plain_50": (lambda: bench.plain(50, 2), 2),
        "ours_8": (lambda: bench.ours(8, count), count),
        "ours_4": (lambda: bench.ours(4, count), count),
        "ours_2": (lambda: bench.ours(2, count), count),
        "ours_4_held": (lambda: bench.ours(4, count, reuse=2), count),
        "ours_2_held": (lambda: bench.ours(2, count, reuse=2), count),
    }
    painted = {name: paint() for name, (paint, _) in sides.items()}
    least = dict.fromkeys(sides, float("inf"))
    for _ in range(ROUNDS):
        for name, (paint, made) in sides.items():
            least[name] = min(least[name], seconds(paint) / made)
    rows: dict[str, Any] = {}
    for name, spent in least.items():
        rows[name] = {
            "pictures_a_second": 1 / spent,
            "times": least["plain_20"] / spent,
            **(_fidelity(bench, painted[name]) if len(painted[name]) == count else {}),
        }
        print(side, name, {key: round(value, 3) for key, value in rows[name].items()}, flush=True)
    return {"pictures": count, "sides": rows, "shares": bench.shares(2, count, reuse=2)}


def _fidelity(bench: Bench, painted: np.ndarray) -> dict[str, float]:
    means = fidelity.summary(fidelity.compare(bench.maps, bench.pictures, painted, bench.read))
    return {"luma": means["luma_correlation"], "edge": means["edge_correlation"]}


def problems(found: dict[str, Any]) -> list[str]:
    """Return the lines of the bounds that are broken."""
    broken = []
    for side, least in SIZES.items():
        figures = found[str(side)]
        ours, plain = figures["sides"][CLAIM], figures["sides"]["plain_20"]
        if ours["times"] < least:
            broken.append(f"{side} pixels: {ours['times']:.1f} times as fast, below {least:.0f}")
        if ours["luma"] < plain["luma"] - SLACK:
            broken.append(f"{side} pixels: luma {ours['luma']:.3f}, plain {plain['luma']:.3f}")
        if figures["shares"]["arithmetic"] < ARITHMETIC:
            share = figures["shares"]["arithmetic"]
            broken.append(f"{side} pixels: arithmetic is {share:.2f} of the time, below 0.8")
    return broken


def main() -> None:
    """Measure the sizes that FILE does not hold yet, print, write, and check where asked."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.generation")
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--pictures", type=int, default=32, help="at 128 pixels; at 256 a quarter")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    backend.configure(1)  # as the stages do
    found = json.loads(options.json.read_text()) if options.json.is_file() else {}
    for side in SIZES:
        if str(side) not in found:
            found[str(side)] = measure(side, max(options.pictures * 128**2 // side**2, 2))
            options.json.write_text(json.dumps(found, indent=1) + "\n")
    for side, figures in found.items():
        print(side, {name: round(share, 3) for name, share in figures["shares"].items()})
    if options.check and (broken := problems(found)):
        sys.exit("\n".join(broken))


if __name__ == "__main__":
    main()
