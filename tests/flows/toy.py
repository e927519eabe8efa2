"""A stage of the toy project: `python toy.py NAME` multiplies what the stages before it made,
shard by shard.

Files outside DVC's sight play the world: `world/NAME` makes the stage fail or wait, `world/gpu`
lets stages compute on the GPU, `world/log` receives a line per computed shard, and
`world/prefect` is there once a stage has imported Prefect.
"""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import yaml
from PIL import Image

import flows  # pyright: ignore[reportUnusedImport] # noqa: F401 - sets what Prefect reads, as in the project's own flows
from tasks.core import backend, engine, items, store
from tasks.core.errors import InputError

backend.configure = lambda threads: None  # a toy computes without PyTorch, and starts sooner
NAME = sys.argv.pop(1) if sys.argv[1:] else "worker"  # a worker of Dask imports this file, too
NEEDS = {
    "seed": (),
    "left": ("seed",),
    "right": ("seed",),
    "join": ("left", "right"),
    "late": ("join",),
    "som": ("join",),
}


@dataclass(frozen=True)
class Part:
    number: int
    value: int

    @property
    def key(self) -> str:
        return items.key(NAME, self.number, self.value)


def compute(part: Part) -> dict[str, int]:
    def write(folder: Path) -> None:
        (Path("world") / f"process-{part.number}").write_text(str(os.getpid()))
        note(f"{NAME} {part.number} begins")
        trouble(part.number)
        for need in NEEDS.get(NAME, ()):
            assert store.file(need, "sum").is_file()
        items.produce(items.key(part.key, "half"), lambda half: (half / "way").write_text("..."))
        (folder / "value").write_text(str(part.value * (part.number + 1)))
        note(f"{NAME} {part.number}")

    return {"value": int((items.produce(part.key, write) / "value").read_text())}


def note(line: str) -> None:
    with Path("world/log").open("a") as log:
        log.write(line + "\n")


def trouble(number: int) -> None:
    file = Path("world") / NAME
    order = file.read_text().split() if file.exists() else []
    if order[:1] == ["fail"]:
        raise InputError("toy.yaml: the value is not to my taste; change it")
    if order[:1] == ["sleep"] and number == 2:
        time.sleep(float(order[1]))
    if order[:1] == ["program"] and number == 2:
        subprocess.run(["sleep", order[1]], check=True)


def toy() -> None:
    """Compute three shards, then their sum."""
    value = yaml.safe_load(Path("toy.yaml").read_text())[NAME]
    for need in NEEDS.get(NAME, ()):
        value *= int(store.file(need, "sum").read_text())
    parts, gpu = [Part(n, value) for n in range(3)], Path("world/gpu").exists()
    records = engine.map_shards(compute, parts, label=NAME, gpu=gpu)
    with store.output(NAME) as folder:
        total = sum(record["value"] for record in records)
        (folder / "sum").write_text(str(total))
        (folder / "metrics.json").write_text(json.dumps({"sum": total}))
        Image.new("RGB", (64, 48), (value % 256, 90, 160)).save(folder / "picture.png")


toy.__name__ = NAME

if __name__ == "__main__":
    engine.main(toy)
    if "prefect" in sys.modules:
        (Path("world") / "prefect").touch()
