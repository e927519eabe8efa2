"""How an estimator learns: its parameters, its samples and a start in, nodes out.

Everything here is in the map's own coordinates (`origin`). Samples are a source: those in memory
are converted once and held, those of a file or a Zarr array are held where they are few, and
otherwise read and converted again each time.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, Float64, Int32

from tasks.core import backend
from tasks.som import training
from tasks.som.estimator import distant, missing, online, table
from tasks.som.estimator.fitted import Fitted, errors
from tasks.som.estimator.origin import Origin
from tasks.som.estimator.settings import THINNEST, Settings
from tasks.som.estimator.stochastic import Sums, blended
from tasks.som.lattices.lattice import Lattice
from tasks.som.samples import growth, node_sums, source
from tasks.som.samples.source import Source
from tasks.som.search.best_matching_units import Match, Way, on_host, search
from tasks.som.starts.given import Given
from tasks.som.training import Epoch

BLOCK = 1 << 16
"""Samples looked at together, without a memory limit."""
SCORES = 1 << 20
"""Bytes of scores together, without a memory limit."""
HELD = 1 << 28
"""Bytes of converted samples that are held, without a memory limit."""

Samples = Float32[np.ndarray, "sample feature"]
Nodes = Float64[np.ndarray, "node feature"]


class Beginning(NamedTuple):
    """Samples and starting nodes, the coordinates of both, and whether values are missing."""

    samples: Source
    nodes: Nodes
    origin: Origin
    holes: bool


@dataclass(frozen=True)
class Learner:
    """The parts that the parameters name, built once."""

    settings: Settings

    @cached_property
    def lattice(self) -> Lattice:
        """Where the nodes stand."""
        return self.settings.lattice()

    @cached_property
    def masked(self) -> bool:
        """Whether NaN is a missing value."""
        return self.settings.missing == "mask"

    def block(self, features: int) -> int:
        """Return how many samples of `features` values are looked at together: a quarter of the
        memory limit, at double precision and with copies.
        """
        limit = self.settings.memory_limit
        return BLOCK if limit is None else int(np.clip(limit // (128 * features), 1, BLOCK))

    @property
    def chunk(self) -> int | None:
        """How many samples have scores together; None where the memory limit does not bind."""
        limit = self.settings.memory_limit
        if limit is None or limit >= 8 * SCORES:
            return None
        rows, cols = self.settings.shape
        return max(1, limit // (32 * rows * cols))

    @cached_property
    def way(self) -> Way:
        """How units are searched."""
        settings = self.settings
        return Way(
            exact=settings.exact,
            chunk=self.chunk,
            method=settings.bmu,
            threads=settings.threads,
        )

    def match(self, samples: Samples, nodes: Nodes) -> Match:
        """Return the units of samples, in the host's memory."""
        if self.masked and np.isnan(samples).any():
            return missing.match(samples, nodes, **self.way)
        xp = backend.namespace(self.settings.device)
        shape = self.settings.shape
        return on_host(
            search(xp.asarray(samples), xp.asarray(nodes), shape=shape, xp=xp, **self.way)
        )

    def extent(self, samples: Source) -> table.Extent:
        """Return the range of samples.

        Raises:
            ValueError: they are no numbers, or have no direction where the metric is cosine.
        """
        return table.extent(samples, missing=self.masked, metric=self.settings.metric)

    def place(self, rows: Float64[np.ndarray, "sample feature"], state: Fitted) -> Match:
        """Return the units of samples in their own units, wherever they are."""
        origin, nodes = state.origin, state.nodes
        beyond = origin.beyond(rows)
        if not beyond.any():
            return self.match(origin.samples(rows), nodes)
        with np.errstate(over="ignore"):
            far = distant.match(origin.nodes(rows[beyond]), nodes)
        if beyond.all():
            return far
        near = self.match(origin.samples(rows[~beyond]), nodes)
        whole = Match(*(np.empty(len(rows), one.dtype) for one in far[:3]), refined=near.refined)
        for into, some, others in zip(whole[:3], near[:3], far[:3], strict=True):
            into[~beyond], into[beyond] = some, others
        return whole

    def survey(self, samples: Source, nodes: Nodes) -> tuple[Int32[np.ndarray, " sample"], Sums]:
        """Return the unit of each sample, and the sums per sample of each node."""
        add = missing.sums if self.masked else node_sums.sums
        labels, total = list[np.ndarray](), 0.0
        for block in samples.blocks():
            best = self.match(block, nodes).best
            labels.append(best.astype(np.int32))
            total = total + add(block, best, len(nodes))
        return np.concatenate(labels), np.asarray(total) / samples.rows

    def step(self, part: Sums, state: Fitted) -> Fitted:
        """Return the map after a part of the data, of which `part` are the sums per sample."""
        settings = self.settings
        sums = blended(state.sums, part, settings.rho)
        sigma = settings.sigmas()[min(state.steps, settings.epochs - 1)]
        nodes = training.weights_from(
            sums, state.nodes, self.lattice, settings.pull(), sigma=sigma
        )
        return Fitted(nodes, state.origin, sums, state.steps + 1)

    def resume(self, samples: Source, state: Fitted) -> tuple[Source, Fitted]:
        """Return a part of the data and the map, both in coordinates that suit the part.

        Raises:
            ValueError: the samples are no numbers.
        """
        found = self.extent(samples)
        if not state.origin.suits(found.lowest, found.highest):
            nodes = state.origin.undo(state.nodes)
            state = state.moved(Origin.beside(found.lowest, found.highest, samples.rows, nodes))
        return self.moved(samples, state.origin), state

    def begin(self, samples: Source) -> Beginning:
        """Return what learning begins with.

        Raises:
            ValueError: the samples are no numbers, lack a feature altogether, or do not fit the
            given start.
        """
        start = self.settings.start()
        if isinstance(start, Given):
            start(np.empty((0, samples.features)), self.lattice, np.random.default_rng(0))
        found = self.extent(samples)
        if np.isnan(found.lowest).any():
            empty = int(np.isnan(found.lowest).argmax())
            raise ValueError(f"X: feature {empty} has no value in any sample; drop it")
        origin = Origin.of(found.lowest, found.highest, samples.rows)
        holes = found.incomplete > 0
        moved = self.moved(samples, origin)
        whole = missing.filled(moved) if holes else moved
        nodes = start(whole, self.lattice, self.settings.chance())  # pyright: ignore[reportArgumentType] - RandomState draws the same way
        if isinstance(start, Given):
            nodes = origin.nodes(nodes)
        return Beginning(moved, nodes, origin, holes)

    def moved(self, samples: Source, origin: Origin) -> Source:
        """Return samples in the coordinates of `origin`."""
        found, limit = source.Mapped(samples, origin.samples), self.settings.memory_limit
        size = 4 * samples.rows * samples.features
        fits = size <= (HELD if limit is None else limit // 2)
        return source.held(found, self.block(samples.features)) if fits else found

    def epochs(self, begun: Beginning) -> Iterator[Epoch]:
        """Yield the map after each epoch of the batch rule."""
        settings = self.settings
        rule = settings.pull(), settings.sigmas()
        shares = growth.shares(settings.sample_schedule, settings.epochs, begun.samples.rows)
        start = begun.samples, begun.nodes, self.lattice
        tally = missing.tallied if begun.holes else training.tallied
        xp = np if begun.holes else backend.namespace(settings.device)
        return training.train(*start, *rule, shares=shares, tally=tally, xp=xp, **self.way)

    def steps(self, samples: Source, begun: Beginning) -> Iterator[Epoch]:
        """Yield the map after each epoch of the online rule, which sees the samples in double
        precision and in their own units; it holds them so, once, whatever the memory limit.
        """
        settings, count, origin = self.settings, samples.rows, begun.origin
        steps, fade = settings.epochs * count, settings.fade()

        def width(step: int) -> float:  # checked at the epochs; a step between may be thinner
            return max(fade(*settings.widths(), step / steps), THINNEST)

        states = online.train(
            _whole(samples),
            origin.undo(begun.nodes),
            self.lattice,
            settings.pull(),
            shown=online.order(count, steps, settings.chance(stream=1)),
            sigmas=map(width, range(steps)),
            rates=(fade(*settings.learning_rate, step / steps) for step in range(steps)),
            every=count,
            window=settings.window,
        )
        for epoch, state in enumerate(states):
            nodes = origin.nodes(state)
            found = (self.match(block, nodes) for block in begun.samples.blocks())
            yield Epoch(
                nodes, width((epoch + 1) * count - 1), *errors(found, self.lattice), math.nan
            )


def _whole(samples: Source) -> Float64[np.ndarray, "sample feature"]:
    """Return all samples in double precision."""
    values, start = np.empty((samples.rows, samples.features)), 0
    for block in samples.blocks():
        values[start : start + len(block)] = block
        start += len(block)
    return values
