"""Structure: what comes back of an impression, mode by mode, beside what people would use instead.

    python -m tests.benchmarks.structure --json FILE [--data DIR ...] [--check]
                                         [--folder DIR] [--grids DIR] [--modes MODE ...]

Every mode of `MODES` paints the same pictures from the same captions, seeds and steps (section
`generation` of params.yaml), with the models in `data/base` and `data/controlnet`:

| set | pictures |
|---|---|
| `scenes` | held-out procedural scenes that did not choose the ControlNet's checkpoint |
| `photographs` | crops of held-out photographs |
| the name of DIR | central squares of its photographs, evenly spaced by name, with its captions |

For each set and mode FILE gets every metric of `tasks.impressions.fidelity` with its bootstrap
interval (the middle 95 % of means over pictures drawn with replacement) and the Fréchet-like
distance of `tasks.base.distance` to the set itself, so that blur does not win. `mismatched` gives
each scene another's caption. The networks of `structure_rivals` are trained where they are missing
in `--folder`. What FILE holds already is not measured again; `--modes` are all that are painted;
`--grids` gets a sheet a set and mode, not picked.

`--check`: see `structure_bounds`.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml
from PIL import Image

from flows.paint import FAITHFUL
from tasks.artifacts.pictures import PICTURES
from tasks.artifacts.som import SOM
from tasks.base.distance import frechet
from tasks.conditioning import model
from tasks.conditioning.registry import mode
from tasks.conditioning.request import Request
from tasks.controlnet import network
from tasks.controlnet.params import Controlnet
from tasks.core import store
from tasks.generation.sets import members
from tasks.impressions import fidelity
from tasks.impressions.extract import Extractor, extractor
from tasks.impressions.readable import readable
from tasks.pictures import cutting
from tasks.pictures.folder import Folder
from tests.benchmarks import structure_bounds, structure_rivals

COUNT = 64
DRAWS = 2000
SHOWN = 8
LATENT = {"name": "latent", "block": 2, "weight": 0.0, "until": 0.0, "seed": 0.0}
PLAIN = {"name": "controlnet", "controlnet_conditioning_scale": 1.0}
GUIDED = {**PLAIN, "map_guidance": 1.5}
OURS = {**GUIDED, "caption_limit": 0.15}
IMG2IMG = {"name": "controlnet_img2img", "strength": 0.8}
OURS_IMG2IMG = {**OURS, **IMG2IMG}


def faithful(painted: dict[str, Any]) -> dict[str, Any]:
    """Return a mode, brought nearer to the map as `flows.paint --faithful` does."""
    return FAITHFUL | {"painted": painted}


MODES: dict[str, dict[str, Any]] = {
    "none": {"name": "none"},
    **{
        f"img2img_{round(100 * share)}": {"name": "img2img", "strength": share}
        for share in (0.4, 0.6, 0.75, 0.95)
    },
    "ilvr": {**LATENT, "weight": 1.0, "until": 0.2},
    "noise_blend": {**LATENT, "seed": 0.3},
    "injection": {**LATENT, "middle": 0.5, "skips": 0.5},
    "light": {**GUIDED, "name": "light"},
    "blurred": GUIDED,
    "canny": GUIDED,
    "ours": OURS,
    "ours_unlimited": GUIDED,
    "ours_unguided": PLAIN,
    "ours_scale_1.5": {**PLAIN, "controlnet_conditioning_scale": 1.5},
    "ours_img2img": OURS_IMG2IMG,
    "ours_img2img_unguided": {**PLAIN, **IMG2IMG},
    "ours_faithful": faithful(OURS),
    "ours_faithful_edges": {**faithful(OURS), "edges": 0.5},
    "ours_img2img_faithful": faithful(OURS_IMG2IMG),
    "none_faithful": faithful({"name": "none"}),
    "img2img_40_faithful": faithful({"name": "img2img", "strength": 0.4}),
    "ceiling": {"name": "ceiling"},
}
MAP_WINS = {**PLAIN, "map_guidance": 3.0, "caption_share": 0.25}
MISMATCHED: dict[str, dict[str, Any]] = {
    "none": {"name": "none"},
    "ours": OURS,
    "ours_img2img": OURS_IMG2IMG,
    "ours_faithful": faithful(OURS),
    "ours_unlimited": GUIDED,
    "ours_map_wins": MAP_WINS,
    "ours_map_wins_img2img": {**MAP_WINS, **IMG2IMG},
    "ours_unguided": PLAIN,
}
WORDS = "mismatched"


@dataclass(frozen=True)
class Sources:
    """The pictures of one set, with captions and names for the noise."""

    pictures: np.ndarray
    captions: list[str]
    names: list[int]


def held_out(name: str) -> Sources:
    """Return the first `COUNT` pictures of the set `scenes` or `photographs`."""
    data = store.read("pictures", PICTURES)
    spent = json.loads(store.file("controlnet", "curve.json").read_text())["validation"]
    numbers = members(data.split.values, name, without=spent, most=COUNT).tolist()
    captions = [str(caption) for caption in data.caption.values[numbers]]
    return Sources(store.take(data.picture, numbers), captions, numbers)


def folder(place: Path, size: int) -> Sources:
    """Return `COUNT` central squares of the photographs in `place`, evenly spaced by name."""
    found = Folder()(place, "**/*", 1 << 27)
    chosen = [found[int(at)] for at in np.linspace(0, len(found) - 1, min(COUNT, len(found)))]
    squares = [cutting.central_square(each.pixels(), size) for each in chosen]
    return Sources(np.stack(squares), [each.caption for each in chosen], list(range(len(chosen))))


class Painter:
    """What all modes share: the models, the sampling, and the extractor of impressions."""

    def __init__(self, place: Path) -> None:
        sections = yaml.safe_load(Path("params.yaml").read_text())
        self.seed, how = sections["runtime"]["seed"], sections["generation"]
        self.sampling = {"scheduler": how["scheduler"], "steps": how["num_inference_steps"]}
        self.guidance = how["guidance_scale"]
        self.base = model.load(store.folder("base"))
        features = sections["features"]
        self.read: Extractor = extractor(
            store.read("som", SOM),
            features["extractors"],
            features["cell"],
            features["stride"],
            sections["impressions"]["decoders"],
        )
        self.readable = readable(
            self.read.channels,
            features["cell"],
            features["stride"],
            sections["impressions"]["decoders"],
        )
        self.section = Controlnet.model_validate(sections["controlnet"])
        self.place = place

    def network(self, label: str) -> Any:
        """Return the network that the mode `label` paints with."""
        if label in structure_rivals.RIVALS:
            return structure_rivals.trained(label, self.place, self.base, self.section, self.seed)
        return network.load(store.folder("controlnet"))

    def __call__(self, label: str, choice: dict[str, Any], given: Sources) -> np.ndarray:
        """Return the set `given`, painted in a mode."""
        impressions = self.read(given.pictures)
        rival = label in ("blurred", "canny")
        maps = (
            structure_rivals.maps_of(label, given.pictures, impressions) if rival else impressions
        )
        request = Request(
            captions=given.captions,
            names=given.names,
            seed=self.seed,
            size=(given.pictures.shape[1], given.pictures.shape[2]),
            guidance_scale=self.guidance,
            maps=maps,
            readable=self.readable,
            pictures=given.pictures,
            controlnet=self.network(label),
            **self.sampling,
        )
        return mode(choice, what=label)(self.base, request)

    def figures(self, given: Sources, painted: np.ndarray) -> dict[str, Any]:
        """Return mean and interval of every metric, and the distance."""
        found = fidelity.compare(self.read(given.pictures), given.pictures, painted, self.read)
        drawing = np.random.default_rng(0).integers(0, len(painted), (DRAWS, len(painted)))
        row: dict[str, Any] = {
            name: {
                "mean": float(values.mean()),
                "interval": np.percentile(values[drawing].mean(1), [2.5, 97.5]).tolist(),
            }
            for name, values in found.items()
        }
        return {**row, "frechet": frechet(given.pictures, painted), "pictures": len(painted)}


def sets(data: list[Path], size: int) -> Iterator[tuple[str, Sources, dict[str, Any]]]:
    """Yield every set's name, its pictures, and the modes that it is painted in."""
    scenes = held_out("scenes")
    yield "scenes", scenes, MODES
    yield "photographs", held_out("photographs"), MODES
    for place in data:
        yield place.name, folder(place, size), MODES
    half = len(scenes.captions) // 2
    turned = scenes.captions[half:] + scenes.captions[:half]
    yield WORDS, Sources(scenes.pictures, turned, scenes.names), MISMATCHED


def measure(painter: Painter, options: argparse.Namespace, found: dict[str, Any]) -> None:
    """Paint and measure what `found` lacks, writing it after every mode."""
    size = store.read("pictures", PICTURES).sizes["y"]
    for name, given, modes in sets(options.data, size):
        rows = found.setdefault(name, {})
        for label, choice in modes.items():
            if options.modes and label not in options.modes:
                continue
            sheet = options.grids and options.grids / name / f"{label}.png"
            if label in rows and (sheet is None or sheet.is_file()):
                continue
            painted = painter(label, choice, given)
            rows[label] = {"choice": choice, **painter.figures(given, painted)}
            say(name, label, rows[label])
            options.json.write_text(json.dumps(found, indent=1) + "\n")
            if sheet is not None:
                sheet.parent.mkdir(parents=True, exist_ok=True)
                _strip(painted).save(sheet)
        if options.grids and not (options.grids / name / "sources.png").is_file():
            _strip(given.pictures).save(options.grids / name / "sources.png")


def _strip(pictures: np.ndarray) -> Image.Image:
    return Image.fromarray(np.concatenate(list(pictures[:: len(pictures) // SHOWN][:SHOWN]), 1))


def say(name: str, label: str, row: dict[str, Any]) -> None:
    """Print one line of the table."""
    values = "  ".join(f"{row[metric]['mean']:6.3f}" for metric in fidelity.METRICS)
    print(f"{name:16} {label:18} {values}  FD {row['frechet']:.3f}", flush=True)


def main() -> None:
    """Measure what FILE does not hold yet, print, write, and check where asked."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.structure")
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--data", type=Path, nargs="*", default=[])
    default = Path(tempfile.gettempdir()) / "structure-rivals"
    parser.add_argument("--folder", type=Path, default=default, help="of the trained rivals")
    parser.add_argument("--grids", type=Path)
    parser.add_argument("--modes", nargs="*", choices=[*MODES, *MISMATCHED])
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    found = json.loads(options.json.read_text()) if options.json.is_file() else {}
    measure(Painter(options.folder), options, found)
    for line in structure_bounds.table(found):
        print(line)
    if options.check and (broken := structure_bounds.problems(found)):
        sys.exit("\n".join(broken))


if __name__ == "__main__":
    main()
