"""The stage `som`: features of the training pictures in, a trained map with its clusters out."""

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial, reduce
from itertools import takewhile
from operator import add
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from tasks.artifacts.features import FEATURES
from tasks.artifacts.pictures import PICTURES, TRAIN
from tasks.artifacts.som import SOM
from tasks.core import backend, code, engine, items, random, registry, store
from tasks.core.errors import InputError
from tasks.core.params import Runtime
from tasks.som.basins import basins
from tasks.som.codebook import Codebook, lattice
from tasks.som.decays.decay import schedule
from tasks.som.lattices.lattice import Lattice
from tasks.som.params import Som
from tasks.som.quality import hits, u_matrix
from tasks.som.registry import DECAYS, INITIALISATIONS, NEIGHBOURHOODS
from tasks.som.samples import reading, source, standardisation
from tasks.som.samples.growth import shares
from tasks.som.samples.source import Source, Table
from tasks.som.samples.standardised import Standardised
from tasks.som.surveying import by_hands
from tasks.som.training import Epoch, train

log = logging.getLogger("impression_fields")
MEASURES = ("sigma", "quantization_error", "topographic_error")


@dataclass(frozen=True)
class Training:
    """One map to be trained, and the item that will hold it, which names it."""

    section: Som = field(compare=False)
    runtime: Runtime = field(compare=False)
    key: str

    def raw(self) -> tuple[xr.Dataset, Source]:
        """Return the features, and the vectors of the cells that the map is trained on."""
        features = store.read("features", FEATURES)
        return features, _samples(features, self)

    def read(self) -> Source:
        """Return the samples, standardised."""
        features, raw = self.raw()
        return _held(raw, reading.standardised(raw, features.weight.values))


def plan(section: Som, runtime: Runtime) -> list[Training]:
    """Return the one training. Its key covers the code, the parameters, the features and the split
    of the pictures.

    Raises:
        InputError: features and pictures do not belong together, or no picture is for training.
    """
    features, split = (
        store.read("features", FEATURES),
        store.read("pictures", PICTURES).split.values,
    )
    place = store.locate("features", FEATURES)
    if features.sizes["picture"] != len(split):
        raise InputError(
            f"{place}: {features.sizes['picture']} pictures instead of {len(split)}; "
            "run: dvc repro features"
        )
    if not np.any(split == TRAIN):
        raise InputError(
            f"{store.locate('pictures', PICTURES)}: no picture is of split train; "
            "add some in section pictures"
        )
    machine = [] if section.exact else [runtime.device, runtime.threads]
    inputs = [store.digest(place), split.tolist(), runtime.seed, machine]
    return [
        Training(
            section,
            runtime,
            items.key(code.version("tasks.som.stage"), _what(section), inputs),
        )
    ]


def fit(part: Training) -> dict[str, Any]:
    """Make the item with every variable of the store, and return where it stands."""

    def write(folder: Path) -> None:
        features, raw = part.raw()
        standard = reading.standardised(raw, features.weight.values)
        names = features.feature.values[standardisation.flat(standard.found)]
        reading.warn(standard.found.rows, part.section.rows * part.section.cols, names)
        if part.section.neighbourhood["name"] == "mexican_hat":
            log.warning("som.neighbourhood: mexican_hat pushes nodes away; look at the errors")
        epochs = _epochs(_held(raw, standard), part)
        book = _codebook(epochs[-1].weights, standard.rule, features, part.section)
        np.savez(
            folder / "map.npz",
            allow_pickle=False,
            **_variables(book, raw, epochs, part.section),
        )

    place = items.produce(part.key, write)
    return {"key": part.key, "path": str(place)}


def assemble(section: Som, trainings: list[Training]) -> None:
    """Write `data/som/som.zarr`."""
    with np.load(items.path(trainings[0].key) / "map.npz", allow_pickle=False) as saved:
        variables = dict(saved)
    rows, cols, features = variables["codebook"].shape
    sizes = {"row": rows, "col": cols, "feature": features, "axis": 2, "step": section.epochs}
    attributes = {
        "topology": section.topology,
        "clusters": int(variables["cluster"].max()) + 1,
        "samples": int(variables["hits"].sum()),
        "params": items.key(_what(section)),
    }
    with store.output("som") as folder:
        store.create(folder / "som.zarr", SOM, sizes, coords=variables, attributes=attributes)


def _samples(features: xr.Dataset, training: Training) -> Source:
    """Return the feature vectors of the cells that the map is trained on."""
    return reading.cells(
        features["value"],
        np.flatnonzero(store.read("pictures", PICTURES).split.values == TRAIN),
        training.section.samples,
        random.generator(training.runtime.seed, "som", "samples"),
        nodes=training.section.rows * training.section.cols,
        memory=training.section.memory_limit,
    )


def _held(raw: Source, standard: Standardised) -> Source:
    """Return the standardised samples, in memory where the raw ones are."""
    data = standard.source(raw)
    return source.held(data, raw.block) if isinstance(raw, Table) else data


def _epochs(samples: Source, training: Training) -> list[Epoch]:
    """Return every epoch, each an item of its own: an interrupted training goes on where it
    stopped.
    """
    section = training.section
    grid = lattice(section.topology, section.rows, section.cols)
    sigmas = schedule(
        registry.build(DECAYS, section.decay, what="som.decay"),
        section.sigma.start,
        section.sigma.end,
        section.epochs,
    )
    keys = [items.key(training.key, "epoch", epoch) for epoch in range(section.epochs)]
    xp = backend.namespace(training.runtime.device)
    done = [_load(items.path(key)) for key in takewhile(items.exists, keys)]
    weights = done[-1].weights if done else _start(samples, grid, training)
    steps = train(
        samples,
        weights,
        grid,
        registry.build(NEIGHBOURHOODS, section.neighbourhood, what="som.neighbourhood"),
        sigmas[len(done) :],
        shares=shares(section.sample_schedule, section.epochs, samples.rows)[len(done) :],
        exact=section.exact,
        method=section.bmu,
        threads=training.runtime.threads,
        passing=by_hands(training, samples.rows) if xp is np else None,
        xp=xp,
    )
    return [*done, *_kept(steps, keys, len(done))]


def _start(samples: Source, grid: Lattice, training: Training) -> np.ndarray:
    choice = training.section.initialisation
    start = registry.build(INITIALISATIONS, choice, what="som.initialisation")
    return start(samples, grid, random.generator(training.runtime.seed, "som", "start"))


def _kept(steps: Iterator[Epoch], keys: list[str], done: int) -> Iterator[Epoch]:
    """Yield each epoch that was not done, once it is an item."""
    remaining = keys[done:]
    with engine.advancing("som: training", len(remaining), unit="epoch") as advance:
        for key, epoch in zip(remaining, steps if remaining else (), strict=True):
            items.produce(key, partial(_save, epoch=epoch))
            advance()
            yield epoch


def _save(folder: Path, epoch: Epoch) -> None:
    np.save(folder / "weights.npy", epoch.weights, allow_pickle=False)
    measures = {name: value for name, value in epoch._asdict().items() if name != "weights"}
    (folder / "epoch.json").write_text(json.dumps(measures))


def _load(folder: Path) -> Epoch:
    weights = np.load(folder / "weights.npy", allow_pickle=False)
    return Epoch(weights, **json.loads((folder / "epoch.json").read_text()))


def _what(section: Som) -> dict[str, Any]:
    """Return the parameters that the map depends on."""
    other = {"memory_limit", "bmu"} if section.exact else {"memory_limit"}
    return section.model_dump(exclude=other)


def _codebook(
    weights: np.ndarray, rule: standardisation.Standardisation, features: xr.Dataset, section: Som
) -> Codebook:
    names = tuple(str(name) for name in features.feature.values)
    grid = rule.undo(weights).reshape(section.rows, section.cols, len(names))
    return Codebook(grid, names, rule, section.topology)


def _variables(
    book: Codebook, raw: Source, epochs: list[Epoch], section: Som
) -> Mapping[str, np.ndarray]:
    """Return every variable of the store."""
    heights = u_matrix(book.nodes, book.lattice)
    cluster, seat = basins(heights, book.lattice, section.clusters)
    measures = {name: np.array([getattr(epoch, name) for epoch in epochs]) for name in MEASURES}
    return {
        **book.to_variables(),
        "u_matrix": heights,
        "hits": reduce(add, (hits(book.match(block), book.lattice) for block in raw.blocks())),
        "cluster": cluster,
        "seat": seat,
        **measures,
    }
