"""Video: photographs, the map and the models in, clips out."""

from prefect import flow

from tasks.core import backend, engine, params
from tasks.video import stage


@flow(name="video")
def video() -> None:
    """Make every clip of every photograph, then put them together."""
    names = ("video", "features", "impressions", "runtime")
    sections = stage.Sections(*(params.load(name) for name in names))
    parts, gpu = stage.plan(sections), backend.torch_on_gpu(sections.runtime.device)
    records = engine.map_shards(stage.make, parts, label="video", gpu=gpu)
    stage.assemble(records)


if __name__ == "__main__":
    engine.main(video)
