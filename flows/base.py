"""Base model: an embedded, given or newly trained diffusion model, ready in one folder.

`python -m flows.base --publish` embeds the model that was trained from scratch into the project.
"""

import sys

from tasks.base import publish, stage
from tasks.core import backend, engine, params


def base() -> None:
    """Train the decoder and the U-Net where asked to, then write the model or where it lies."""
    section, runtime = params.load("base"), params.load("runtime")
    learnings, gpu = stage.plan(section, runtime), backend.torch_on_gpu(runtime.device)
    engine.map_shards(stage.fit, learnings, label="base: training", gpu=gpu, in_order=True)
    stage.assemble(section, learnings)


if __name__ == "__main__":
    if "--publish" in sys.argv[1:]:
        publish.main()
    else:
        engine.main(base)
