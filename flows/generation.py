"""Generation: impressions, captions and the ControlNet in, pictures of every mode out."""

from tasks.core import backend, engine, params
from tasks.generation import stage


def generation() -> None:
    """Paint every block of pictures in every mode, then assemble one store per set."""
    section, runtime = params.load("generation"), params.load("runtime")
    features, impressions = params.load("features"), params.load("impressions")
    plan = stage.plan(
        section,
        runtime,
        cell=features.cell,
        stride=features.stride,
        decoders=impressions.decoders,
    )
    gpu = backend.torch_on_gpu(runtime.device)
    engine.map_shards(stage.paint, plan.shards, label="generation", gpu=gpu)
    stage.assemble(plan)


if __name__ == "__main__":
    engine.main(generation)
