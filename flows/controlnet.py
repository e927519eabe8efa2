"""ControlNet: impressions and the base model in, a trained control branch and its curve out.

Several processes train together, and leave the same bytes, where they share out
`controlnet.accumulation` batches a step:

    accelerate launch --multi_gpu --num_processes 2 --module flows.controlnet

`dvc repro` then finds the training done.
"""

import argparse
import sys
from pathlib import Path

from tasks.controlnet import crew, stage
from tasks.core import backend, engine, params, project
from tasks.core.errors import InputError


def plan() -> stage.Plan:
    """Return the work that params.yaml describes."""
    return stage.plan(
        *(params.load(name) for name in ("controlnet", "features", "impressions", "runtime"))
    )


def controlnet() -> None:
    """Encode the training pictures, train with checkpoints, measure each, and keep the best."""
    runtime, work = params.load("runtime"), plan()
    workers, gpu = runtime.threads, backend.torch_on_gpu(runtime.device)
    engine.map_shards(
        stage.encode, work.blocks, label="controlnet: latents", workers=workers, gpu=gpu
    )
    engine.map_shards(stage.train, [work.run], label="controlnet: training", gpu=gpu)
    engine.map_shards(stage.measure, work.points, label="controlnet: fidelity", gpu=gpu)
    stage.assemble(work)


def help_out() -> None:
    """Be one of several processes, and not the first."""
    parser = argparse.ArgumentParser(prog="python -m flows.controlnet")
    parser.add_argument("--root", type=Path)
    try:
        project.enter(parser.parse_args().root)
        backend.configure(params.load("runtime").threads)
        with engine.computing("controlnet"):
            stage.help_out(plan())
    except InputError as error:
        sys.exit(f"controlnet: {error}")


def main() -> None:
    """Run the stage, or help the process that runs it."""
    if crew.helping():
        help_out()
        return
    engine.main(controlnet)
    if crew.launched():
        crew.crew(backend.torch_device(params.load("runtime").device)).word()


if __name__ == "__main__":
    main()
