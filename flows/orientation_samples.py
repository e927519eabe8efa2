"""Orientation samples: the phase model in, pictures of lines out, free and under layouts."""

from tasks.core import backend, engine, params
from tasks.orientation_samples import stage


def orientation_samples() -> None:
    """Draw the samples, the tree and the films, then measure and write them."""
    section, runtime = params.load("orientation_samples"), params.load("runtime")
    plan, gpu = stage.plan(section, runtime), backend.torch_on_gpu(runtime.device)
    engine.map_shards(stage.draw, plan.all, label="orientation_samples", gpu=gpu)
    stage.assemble(section, plan)


if __name__ == "__main__":
    engine.main(orientation_samples)
