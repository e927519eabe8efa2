"""SOM: features of the training pictures in, a map with its clusters out."""

from tasks.core import backend, engine, params
from tasks.som import stage


def som() -> None:
    """Train the map, then write it with its U-matrix and its basins."""
    section, runtime = params.load("som"), params.load("runtime")
    trainings = stage.plan(section, runtime)
    gpu = backend.namespace(runtime.device).__name__ == "cupy"
    engine.map_shards(stage.fit, trainings, label="som", gpu=gpu)
    stage.assemble(section, trainings)


if __name__ == "__main__":
    engine.main(som)
