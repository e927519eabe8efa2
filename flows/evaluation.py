"""Evaluation: everything that was made in, figures, verdicts and the page out."""

from tasks.core import engine, params
from tasks.evaluation import stage


def evaluation() -> None:
    """Measure every mode on every set and every variant of every clip, then write the page."""
    names = ("evaluation", "features", "impressions")
    work = stage.plan(stage.Sections(*(params.load(name) for name in names)))
    workers = params.load("runtime").threads
    engine.map_shards(
        stage.structure, work.painted, label="evaluation: structure", workers=workers
    )
    engine.map_shards(stage.coherence, work.filmed, label="evaluation: motion", workers=workers)
    stage.assemble(work)


if __name__ == "__main__":
    engine.main(evaluation)
