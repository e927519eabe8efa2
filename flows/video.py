"""Video: photographs, the map and the models in, clips out."""

from prefect import flow

from tasks.core import engine, params
from tasks.video import stage


@flow(name="video")
def video() -> None:
    """Make every clip of every photograph, then put them together."""
    names = ("video", "features", "impressions", "runtime")
    parts = stage.plan(stage.Sections(*(params.load(name) for name in names)))
    records = engine.map_shards(stage.make, parts, label="video")
    stage.assemble(records)


if __name__ == "__main__":
    engine.main(video)
