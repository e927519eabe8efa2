"""ControlNet: impressions and the base model in, a trained control branch and its curve out."""

from prefect import flow

from tasks.controlnet import stage
from tasks.core import backend, engine, params


@flow(name="controlnet")
def controlnet() -> None:
    """Encode the training pictures, train with checkpoints, measure each, and keep the best."""
    section, features, impressions, runtime = (
        params.load(name) for name in ("controlnet", "features", "impressions", "runtime")
    )
    plan = stage.plan(section, features, impressions, runtime)
    workers, gpu = runtime.threads, backend.torch_on_gpu(runtime.device)
    engine.map_shards(
        stage.encode, plan.blocks, label="controlnet: latents", workers=workers, gpu=gpu
    )
    engine.map_shards(stage.train, [plan.run], label="controlnet: training", gpu=gpu)
    engine.map_shards(stage.measure, plan.points, label="controlnet: fidelity", gpu=gpu)
    stage.assemble(plan)


if __name__ == "__main__":
    engine.main(controlnet)
