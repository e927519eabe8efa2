"""Orientation: pictures of lines in, a phase model that draws such pictures out."""

from tasks.core import backend, engine, params
from tasks.orientation import stage


def orientation() -> None:
    """Cut the crops, train with checkpoints, then write the model."""
    section, runtime = params.load("orientation"), params.load("runtime")
    run, gpu = stage.plan(section, runtime), backend.torch_on_gpu(runtime.device)
    engine.map_shards(stage.cut, run.blocks, label="orientation: crops", workers=runtime.threads)
    engine.map_shards(stage.train, [run], label="orientation: training", gpu=gpu)
    stage.assemble(run)


if __name__ == "__main__":
    engine.main(orientation)
