"""How an estimator learns: its parameters, its samples and a start in, nodes out.

Everything here is in the map's own coordinates (`origin`). The functions `match`, `epochs` and
`sums` are where the search and the training are called, each in one place.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float32, Float64

from tasks.core import backend
from tasks.som import missing, online, stochastic, training
from tasks.som.best_matching_units import Match, on_host, search
from tasks.som.fitted import Fitted, mean_distance, share_not_adjacent
from tasks.som.given import Given
from tasks.som.lattice import Lattice
from tasks.som.origin import Origin
from tasks.som.settings import Settings
from tasks.som.stochastic import Sums, weights
from tasks.som.table import Table
from tasks.som.training import Epoch

BLOCK = 1 << 16
"""Samples looked at together, without a memory limit."""
SCORES = 1 << 20
"""Bytes of scores together, without a memory limit."""
SMALLEST = 1 / 32
"""Share of the samples in the first epoch of a growing schedule."""

Samples = Float32[np.ndarray, "sample feature"]
Nodes = Float64[np.ndarray, "node feature"]


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

    def match(self, samples: Samples, nodes: Nodes) -> Match:
        """Return the units of samples, in the host's memory."""
        exact = self.settings.exact
        if self.masked and np.isnan(samples).any():
            return missing.match(samples, nodes, exact=exact, chunk=self.chunk)
        xp = backend.namespace(self.settings.device)
        found = search(
            xp.asarray(samples), xp.asarray(nodes), exact=exact, chunk=self.chunk, xp=xp
        )
        return on_host(found)

    def sums(self, samples: Samples, found: Match, nodes: int) -> Sums:
        """Return the sums per node over samples and their units."""
        if self.masked:
            return missing.sums(samples, found.best, nodes)
        return stochastic.sums(samples, found.best, nodes)

    def step(self, samples: Samples, found: Match, state: Fitted) -> Fitted:
        """Return the map after a part of the data with the units `found`."""
        settings = self.settings
        total = self.sums(samples, found, len(state.nodes)).per_sample(len(samples))
        if state.sums is not None:
            total = state.sums.blended(total, settings.rho)
        sigma = settings.sigmas()[min(state.steps, settings.epochs - 1)]
        nodes = weights(total, state.nodes, self.lattice, settings.pull(), sigma=sigma)
        return Fitted(nodes, state.origin, total, state.steps + 1)

    def begin(self, table: Table) -> tuple[Samples, Nodes, Origin]:
        """Return the samples, the starting nodes and the coordinates of both.

        Raises:
            ValueError: the samples are no numbers, lack a feature altogether, or do not fit the
            given start.
        """
        start = self.settings.start()
        if isinstance(start, Given):
            start(np.empty((0, table.features)), self.lattice, np.random.default_rng(0))
        extent = table.extent(missing=self.masked)
        if np.isnan(extent.lowest).any():
            empty = int(np.isnan(extent.lowest).argmax())
            raise ValueError(f"X: feature {empty} has no value in any sample; drop it")
        origin = Origin.of(extent.lowest, extent.highest, len(table))
        samples = moved(table, origin)
        return samples, self._start(samples, origin), origin

    def _start(self, samples: Samples, origin: Origin) -> Nodes:
        start = self.settings.start()
        values = missing.filled(samples) if self.masked else samples
        nodes = start(values, self.lattice, self.settings.chance())  # pyright: ignore[reportArgumentType] - RandomState draws the same way
        return origin.nodes(nodes) if isinstance(start, Given) else nodes

    def epochs(self, samples: Samples, nodes: Nodes) -> Iterator[Epoch]:
        """Yield the map after each epoch of the batch rule."""
        sigmas = self.settings.sigmas()
        if self.settings.sample_schedule == "full":
            yield from self._train(samples, nodes, sigmas)
            return
        shuffled = np.random.default_rng(0).permutation(len(samples))
        for sigma, share in zip(sigmas, growing(len(sigmas)), strict=True):
            part = np.sort(shuffled[: max(1, round(share * len(samples)))])
            epoch = next(self._train(samples[part], nodes, (sigma,)))
            nodes = epoch.weights
            yield epoch

    def _train(self, samples: Samples, nodes: Nodes, sigmas: tuple[float, ...]) -> Iterator[Epoch]:
        exact, pull = self.settings.exact, self.settings.pull()
        if self.masked and np.isnan(samples).any():
            return missing.train(
                samples, nodes, self.lattice, pull, sigmas, exact=exact, chunk=self.chunk
            )
        xp = backend.namespace(self.settings.device)
        return training.train(
            samples, nodes, self.lattice, pull, sigmas, exact=exact, chunk=self.chunk, xp=xp
        )

    def steps(self, table: Table, origin: Origin, nodes: Nodes) -> Iterator[Epoch]:
        """Yield the map after each epoch of the online rule, which sees the samples in double
        precision and in their own units.
        """
        settings, count = self.settings, len(table)
        values = np.concatenate(list(table.blocks()))
        samples = origin.samples(values)
        times = online.progress(settings.epochs * count)
        sigmas = [settings.fade()(*settings.widths(), t) for t in times]
        rates = [settings.fade()(*settings.learning_rate, t) for t in times]
        shown = online.order(count, len(times), settings.chance())
        states = online.train(
            values,
            origin.undo(nodes),
            self.lattice,
            settings.pull(),
            shown=shown,
            sigmas=sigmas,
            rates=rates,
            every=count,
            window=settings.window,
        )
        for epoch, state in enumerate(states):
            nodes = origin.nodes(state)
            found = self.match(samples, nodes)
            errors = mean_distance([found]), share_not_adjacent([found], self.lattice)
            yield Epoch(nodes, sigmas[(epoch + 1) * count - 1], *errors, found.refined)


def moved(table: Table, origin: Origin) -> Samples:
    """Return all samples of a table in the coordinates of `origin`."""
    samples = np.empty((len(table), table.features), dtype=np.float32)
    at = 0
    for block in table.blocks():
        samples[at : at + len(block)] = origin.samples(block)
        at += len(block)
    return samples


def growing(epochs: int) -> tuple[float, ...]:
    """Return the share of the samples in each epoch, by equal factors up to all of them."""
    return tuple(np.geomspace(SMALLEST, 1.0, epochs).tolist()) if epochs > 1 else (1.0,)
