"""Pictures: scenes drawn, photographs cut, all with captions in one store."""

from tasks.core import engine, params
from tasks.pictures import stage


def pictures() -> None:
    """Find the photographs, make every shard of pictures, then assemble the store."""
    section, runtime = params.load("pictures"), params.load("runtime")
    learned, held = stage.photographs(section)
    stage.refuse_damaged(learned + held)
    shards = stage.plan(section, runtime, learned, held)
    engine.map_shards(stage.make, shards, label="pictures", workers=runtime.threads)
    stage.assemble(section, shards, held)


if __name__ == "__main__":
    engine.main(pictures)
