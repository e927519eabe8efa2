"""Video: the table of shots, pictures, the map and the models in, clips out."""

from pathlib import Path

from tasks.core import backend, engine, params
from tasks.video import reporting, stage

REPORT = Path(".cache/progress/video.json")
"""How far the stage is."""


def video() -> None:
    """Make every segment of every clip, then put them together."""
    names = ("video", "features", "impressions", "runtime")
    sections = stage.Sections(*(params.load(name) for name in names))
    pictures = params.load("pictures")
    folder, limit = Path(pictures.folder), pictures.max_pixels
    parts = stage.plan(sections, folder=folder, max_pixels=limit)
    gpu = backend.torch_on_gpu(sections.runtime.device)
    with reporting.reported(parts, REPORT):
        engine.map_shards(stage.make, parts, label="video", gpu=gpu)
    stage.assemble(parts)


if __name__ == "__main__":
    engine.main(video)
