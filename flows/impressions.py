"""Impressions: features and the trained map in, impression maps out; and a map of their own for
some photographs.
"""

from tasks.core import engine, params
from tasks.impressions import stage


def impressions() -> None:
    """Match and decode every shard of features, train the maps of the view `grid`, then assemble
    the stores.
    """
    section, features, runtime = (
        params.load(name) for name in ("impressions", "features", "runtime")
    )
    shards = stage.plan(section, features, runtime)
    engine.map_shards(stage.compute, shards, label="impressions", workers=runtime.threads)
    views = stage.plan_grid(section, features)
    engine.map_shards(
        stage.compute_grid, views, label="impressions: grid", workers=runtime.threads
    )
    stage.assemble(section, features, shards, views)


if __name__ == "__main__":
    engine.main(impressions)
