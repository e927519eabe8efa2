"""Features: pictures in, a vector per cell out."""

from tasks.core import engine, params
from tasks.features import stage


def features() -> None:
    """Compute every shard of pictures, then put the shards together."""
    section, runtime = params.load("features"), params.load("runtime")
    parts = stage.plan(section, runtime)
    engine.map_shards(stage.compute, parts, label="features", workers=runtime.threads)
    stage.assemble(section, parts)


if __name__ == "__main__":
    engine.main(features)
