"""Can the decoder learn to follow shifts of less than a latent cell?

    python -m tests.benchmarks.video_shifts --json FILE [--steps N] [--weight W]

A generator in latents moves a picture no better than its autoencoder does (`round_trip` of the
benchmark of videos). A copy of the decoder is trained on pairs of a training picture x and the
same picture shifted by s, |s| up to half a cell in each direction, drawn anew each time:

    |D(E(x)) − x| + |D(E(T_s x)) − T_s x| + W |D(E(T_s x)) − T_s D(E(x))|,

the mean over pixels away from the border, T_s cubic. The encoder is fixed, and nothing of the
project's own models is changed. Printed are, before and after, how the three held-out photographs
follow the wave through the autoencoder alone and painted under shared noise, and the error of
the round trip at rest (PSNR, dB).
"""

import argparse
import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from tqdm import tqdm

from tasks.artifacts.pictures import PICTURES
from tasks.core import backend, registry, store
from tasks.core.random import torch_generator
from tasks.video import filming, metrics
from tasks.video.registry import FRAMES
from tests.benchmarks import video_cases

BATCH, RATE, EDGE, CROP, SIZE = 8, 2e-4, 8, 64, 128
WATCHED = ("tof", "gain", "unexplained", "slip", "melt")


def shifted(pictures: Tensor, shift: Tensor) -> Tensor:
    """Return each picture shifted by its (x, y) in pixels, cubic between pixels."""
    count, _, height, width = pictures.shape
    scale = 2 * shift / torch.tensor([width, height])
    turn = torch.eye(2).expand(count, 2, 2)
    grid = functional.affine_grid(
        torch.cat([turn, scale[..., None]], -1), list(pictures.shape), align_corners=False
    )
    return functional.grid_sample(
        pictures, grid, mode="bicubic", padding_mode="reflection", align_corners=False
    )


def training(vae: Any, pictures: np.ndarray, steps: int, weight: float) -> Iterator[float]:
    """Train the decoder; yield the loss of every step."""
    source = torch_generator(0, "shifts")
    optimiser = torch.optim.Adam(vae.decoder.parameters(), RATE)
    inside = (..., slice(EDGE, -EDGE), slice(EDGE, -EDGE))
    for _ in range(steps):
        chosen = torch.randint(0, len(pictures), (BATCH,), generator=source).numpy()
        top, left = torch.randint(0, SIZE - CROP + 1, (2,), generator=source).tolist()
        crops = pictures[chosen, top : top + CROP, left : left + CROP]
        still = torch.from_numpy(crops).permute(0, 3, 1, 2) / 127.5 - 1
        shift = 8 * torch.rand(BATCH, 2, generator=source) - 4
        moved = shifted(still, shift).clamp(-1, 1)
        with torch.no_grad():
            latents = vae.encode(torch.cat([still, moved])).latents
        one, other = vae.decode(latents).sample.chunk(2)
        gaps = [one - still, other - moved, weight * (other - shifted(one, shift))]
        loss = torch.stack([gap[inside].abs().mean() for gap in gaps]).sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        yield float(loss)


def followed(vae: Any) -> dict[str, Any]:
    """Return how the photographs follow with this autoencoder, and what it loses at rest."""
    found: dict[str, Any] = {}
    ways = {case.name: case.choice for case in video_cases.cases(quick=True)}
    motion, psnr = video_cases.sections().video.motion, []
    for shot in video_cases.photographs(SIZE, 3):
        scene, _ = video_cases.prepared(shot, motion)
        painter = filming.load_painter(video_cases.sections(), video_cases.digests(), (SIZE, SIZE))
        painter = replace(painter, model=replace(painter.model, vae=vae))
        gap = painter.round_trip(shot.picture[None])[0].astype(float) - shot.picture
        psnr.append(10 * np.log10(255**2 / np.mean(gap**2)))
        for name in ("round_trip", "shared_noise"):
            film = registry.build(FRAMES, ways[name], what=name)(scene, painter)
            frames = np.stack([film.frame(number) for number in range(film.frames)])
            found.setdefault(name, []).append(metrics.measure(frames, scene.displacement))
    means = {
        name: {key: float(np.mean([each[key] for each in all_of])) for key in WATCHED}
        for name, all_of in found.items()
    }
    return means | {"psnr": float(np.mean(psnr))}


def main() -> None:
    """Measure, train, measure again, print, and write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--weight", type=float, default=2.0)
    given = parser.parse_args()
    backend.configure(1)
    found = store.read("pictures", PICTURES)
    pictures = found["picture"].values[found["split"].values == 0]
    painter = filming.load_painter(video_cases.sections(), video_cases.digests(), (SIZE, SIZE))
    vae = copy.deepcopy(painter.model.vae)
    result = {"steps": given.steps, "weight": given.weight, "before": followed(vae)}
    vae.decoder.requires_grad_(True)
    losses = list(
        tqdm(training(vae, pictures, given.steps, given.weight), total=given.steps, desc="shifts")
    )
    result |= {"after": followed(vae.requires_grad_(False)), "loss": losses[:: given.steps // 20]}
    print(json.dumps(result, indent=1))
    given.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
