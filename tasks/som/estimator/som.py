"""The map as an estimator: fit, predict, transform, in the manner of scikit-learn.

`SOM` holds its parameters as they were given and checks them when it is fitted, so that
scikit-learn's `clone`, `get_params`, pipelines and searches work; scikit-learn itself is not
needed. Samples are taken as they are: where features have different units, standardise them before
(`StandardScaler` in a pipeline). Inside, the map computes in coordinates of its own (`origin`);
what it shows is in the samples' units.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike
from typing import Any, Self

import numpy as np
from jaxtyping import Float64, Int32, Int64

from tasks.core.errors import InputError
from tasks.som import quality
from tasks.som.basins import basins
from tasks.som.estimator import persistence, table
from tasks.som.estimator.conventions import Conventions, names, not_fitted
from tasks.som.estimator.fitted import Curves, Errors, Fitted, errors
from tasks.som.estimator.learning import Learner
from tasks.som.estimator.origin import Origin
from tasks.som.estimator.settings import check
from tasks.som.samples.source import Source
from tasks.som.search.best_matching_units import Match
from tasks.som.starts import given
from tasks.som.training import Epoch


@dataclass(eq=False)
class SOM(Conventions):
    """A self-organizing map.

    Parameters:
        shape: rows and columns of nodes.
        topology: "rect" or "hex".
        torus: whether opposite borders are joined.
        neighbourhood: "gaussian", "bubble", "triangle" or "mexican_hat".
        sigma: its first and last width, in steps; None for a quarter of the longer side, and 1.
        decay: from first to last: "exponential", "linear", "asymptotic", or a function of start,
            end and progress in [0, 1].
        metric: "euclidean", or "cosine" where rows are scaled to length 1.
        init: "pca", "sample", "random", or the weights themselves.
        train: "batch", or "online" for one sample at a time in random order.
        epochs: how often all samples are seen.
        sample_schedule: "full", or "grow" where a batch epoch sees few samples first, all at last.
        bmu: how best matching units are searched: "auto", "dense" or "pruned".
        exact: near ties are decided in double precision: the same bits on every device.
        missing: "error", or "mask" where NaN stands for a value not known.
        learning_rate: first and last share of an online step.
        window: widths beyond which an online step moves nothing; None for none.
        rho: share by which `partial_fit` moves the sums.
        random_state: a seed or a generator of NumPy; None stands for 0.
        threads: of the search.
        memory_limit: bytes beyond the samples; None for no limit.
        device: "cpu", "cuda" or "auto".

    Attributes of a fitted map:
        codebook_: the weights (row, column, feature), in the samples' units.
        labels_: int32, row · columns + column of the unit of each sample of the last fit or part,
            -1 for a sample without any value.
        n_features_in_: the number of features; feature_names_in_: their names in a data frame.
        sigma_, quantization_error_, topographic_error_: of each epoch.
    """

    shape: tuple[int, int] = (64, 64)
    topology: str = "rect"
    torus: bool = False
    neighbourhood: str = "gaussian"
    sigma: tuple[float, float] | None = None
    decay: Any = "exponential"
    metric: str = "euclidean"
    init: Any = "pca"
    train: str = "batch"
    epochs: int = 10
    sample_schedule: str = "full"
    bmu: str = "auto"
    exact: bool = True
    missing: str = "error"
    learning_rate: tuple[float, float] = (0.5, 0.01)
    window: float | None = None
    rho: float = 0.1
    random_state: Any = 0
    threads: int = 1
    memory_limit: int | None = None
    device: str = "cpu"

    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: N803
        """Learn the samples `X` from the start; an iterator's tables are gathered in memory.

        Raises:
            ValueError: a parameter is wrong, or `X` is no table of finite numbers (NaN is allowed
            where values may be missing); found before any work is done.
        """
        learner = Learner(check(self.get_params()))
        samples = self._read(X, learner, None)
        begun = learner.begin(samples)
        online = learner.settings.train == "online"
        epochs = list(learner.steps(samples, begun) if online else learner.epochs(begun))
        nodes = epochs[-1].weights
        self.labels_, sums = learner.survey(begun.samples, nodes)
        self._keep(Fitted(nodes, begun.origin, sums, learner.settings.epochs), _curves(epochs))
        self._name(names(X))
        return self

    def partial_fit(self, X: Any, y: Any = None) -> Self:  # noqa: N803
        """Learn one more part of the data, or each part of an iterator of parts.

        The sums of the batch rule move by `rho` towards the part's (`stochastic`). The width is
        that of the next epoch, until `epochs` parts are learned or after `fit`: the last one.
        The first part of all decides where the nodes start. Parts are learned by the batch rule,
        whatever `train` is. `labels_` are the units of the last part before it moved the map.

        Raises:
            ValueError: as `fit`, or there is no part, or the parts differ in their number of
            features.
        """
        learned = False
        for part in X if hasattr(X, "__next__") else (X,):
            self._learn(part)
            learned = True
        if not learned:
            raise ValueError("X is an iterator without any part; give at least one")
        return self

    def fit_predict(self, X: Any, y: Any = None) -> Int32[np.ndarray, " sample"]:  # noqa: N803
        """Return the labels of the samples, having learned them."""
        return self.fit(X).labels_

    def fit_transform(self, X: Any, y: Any = None) -> Float64[np.ndarray, "sample 2"]:  # noqa: N803
        """Return the places of the samples' units, having learned them."""
        return self._places(self.fit(X).labels_)

    def predict(self, X: Any) -> Int32[np.ndarray, " sample"]:  # noqa: N803
        """Return the best matching unit of each sample, row · columns + column; -1 for one without
        any value.
        """
        return np.concatenate([match.best for match in self._matches(X)]).astype(np.int32)

    def transform(self, X: Any) -> Float64[np.ndarray, "sample 2"]:  # noqa: N803
        """Return row and column of each sample's best matching unit; NaN where it has none."""
        return self._places(self.predict(X))

    def score(self, X: Any, y: Any = None) -> float:  # noqa: N803
        """Return the quantization error with the sign changed: more is better."""
        return -self.quantization_error(X)

    def quantization_error(self, X: Any) -> float:  # noqa: N803
        """Return the mean distance to the best matching unit, in the samples' units."""
        return self._errors(X).quantization * self._map.origin.scale

    def topographic_error(self, X: Any) -> float:  # noqa: N803
        """Return the share of samples whose two best matching units are not adjacent."""
        return self._errors(X).topographic

    def hit_map(self, X: Any) -> Int64[np.ndarray, "row col"]:  # noqa: N803
        """Return the number of samples of each node."""
        lattice = self._learner().lattice
        return sum(
            (quality.hits(match.best[match.best >= 0], lattice) for match in self._matches(X)),
            np.zeros((lattice.rows, lattice.cols), np.int64),
        )

    def u_matrix(self) -> Float64[np.ndarray, "row col"]:
        """Return the mean distance of each node to its neighbours, in the samples' units."""
        lattice = self._learner().lattice
        return quality.u_matrix(self._map.nodes, lattice) * self._map.origin.scale

    def component_planes(self) -> Float64[np.ndarray, "feature row col"]:
        """Return the weights of each feature over the map."""
        self._learner()
        return np.ascontiguousarray(np.moveaxis(self.codebook_, 2, 0))

    def clusters(self, n: int) -> Int32[np.ndarray, "row col"]:
        """Return the cluster of each node: basins of the U-matrix, the shallowest merged until at
        most `n` remain.

        Raises:
            ValueError: `n` is no whole number, or less than 1.
        """
        given: Any = n
        whole = isinstance(given, int | np.integer) and not isinstance(given, bool)
        if not whole or n < 1:
            raise ValueError(f"n is {n!r}; expected a whole number of clusters, at least one")
        found = basins(self.u_matrix(), self._learner().lattice, n)
        return found.cluster.astype(np.int32)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the fitted map to one file without pickle. Labels of samples are not kept.

        Raises:
            ValueError: a parameter is a function or a generator, which a file cannot hold, or
            there is no such folder.
        """
        self._learner()
        named = getattr(self, "feature_names_in_", None)
        persistence.write(path, self.get_params(), self._map, self._curves, named)

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Self:
        """Return the map that `save` wrote to `path`.

        Raises:
            InputError: the file cannot be read, or holds no map.
        """
        parameters, state, curves, named = persistence.read(path)
        try:
            som = cls().set_params(**parameters)
            rows, cols = check(som.get_params()).shape
        except ValueError as error:
            raise InputError(f"{path}: holds no map that SOM.save wrote ({error})") from None
        if "shape" not in parameters or rows * cols != len(state.nodes):
            raise InputError(f"{path}: {len(state.nodes)} nodes, of a map of another shape")
        som._keep(state, curves)
        som._name(named)
        return som

    @classmethod
    def from_codebook(cls, codebook: Any, **parameters: Any) -> Self:
        """Return a fitted map with the weights `codebook` (row, column, feature), made anywhere.

        Raises:
            ValueError: they are no finite numbers of that shape, or a parameter is wrong.
        """
        array = np.asarray(codebook)
        if array.ndim != 3:
            raise ValueError(f"codebook has shape {array.shape}; expected (rows, cols, features)")
        som = cls(**{"shape": array.shape[:2], **parameters})
        lattice = check(som.get_params()).lattice()
        nodes = given.table(array, lattice, array.shape[2])
        origin = Origin.of(nodes.min(axis=0), nodes.max(axis=0), len(nodes))
        som._keep(Fitted(origin.nodes(nodes), origin, None, 0), Curves((), (), ()))
        return som

    def _learner(self) -> Learner:
        """Return the checked parameters of a fitted map."""
        if not hasattr(self, "_map"):
            raise not_fitted("this SOM is not fitted; call fit, partial_fit or load first")
        learner = Learner(check(self.get_params()))
        if learner.settings.shape != self.codebook_.shape[:2]:
            raise ValueError(
                f"shape is {self.shape}, but the map was fitted with {self.codebook_.shape[:2]}; "
                "fit it again"
            )
        return learner

    def _read(self, values: Any, learner: Learner, features: int | None) -> Source:
        if features is not None:
            self._compare_names(values)
        metric = learner.settings.metric
        return table.read(values, block=learner.block, metric=metric, features=features)

    def _matches(self, values: Any) -> Iterator[Match]:
        """Yield the units of all samples, block by block, having checked all of them."""
        learner = self._learner()
        samples = self._read(values, learner, self.n_features_in_)
        learner.extent(samples)
        for block in samples.blocks():
            yield learner.place(block, self._map)

    def _errors(self, values: Any) -> Errors:
        return errors(self._matches(values), self._learner().lattice)

    def _places(self, labels: Int32[np.ndarray, " sample"]) -> Float64[np.ndarray, "sample 2"]:
        places = np.stack(np.divmod(labels, self.codebook_.shape[1]), axis=1).astype(np.float64)
        return np.where(labels[:, None] >= 0, places, np.nan)

    def _learn(self, part: Any) -> None:
        """Move the map by one part of the data."""
        if hasattr(self, "_map"):
            learner, state = self._learner(), self._map
            samples = self._read(part, learner, self.n_features_in_)
            moved, state = learner.resume(samples, state)
            curves = self._curves.rescaled(self._map.origin.scale / state.origin.scale)
        else:
            learner = Learner(check(self.get_params()))
            moved, nodes, origin, _ = learner.begin(self._read(part, learner, None))
            state = Fitted(nodes, origin, None, 0)
            self._name(names(part))
            curves = Curves((), (), ())
        self.labels_, sums = learner.survey(moved, state.nodes)
        self._keep(learner.step(sums, state), curves)

    def _keep(self, state: Fitted, curves: Curves) -> None:
        """Set what a fitted map shows."""
        rows, cols = self.shape
        self._map, self._curves = state, curves
        self.n_features_in_ = state.nodes.shape[1]
        self.codebook_ = state.origin.undo(state.nodes).reshape(rows, cols, -1)
        self.sigma_ = np.array(curves.sigma)
        self.quantization_error_ = np.array(curves.quantization_error) * state.origin.scale
        self.topographic_error_ = np.array(curves.topographic_error)


def _curves(epochs: list[Epoch]) -> Curves:
    """Return what each epoch measured."""
    rows = [(each.sigma, each.quantization_error, each.topographic_error) for each in epochs]
    return Curves(*zip(*rows, strict=True))
