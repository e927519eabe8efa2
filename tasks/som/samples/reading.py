"""The samples of the stage: the cells of the store `features` that the map is trained on."""

import logging
from collections.abc import Iterable
from functools import partial

import numpy as np
import xarray as xr
from jaxtyping import Float64, Int64

from tasks.artifacts.features import FEATURES
from tasks.core import store
from tasks.core.errors import InputError
from tasks.som.samples import budget, sampling, source, standardisation
from tasks.som.samples.source import Source
from tasks.som.samples.standardised import Standardised

log = logging.getLogger("impression_fields")


def cells(
    value: xr.DataArray,
    pictures: Int64[np.ndarray, " chosen"],
    wanted: int,
    generator: np.random.Generator,
    *,
    nodes: int,
    memory: int,
) -> Source:
    """Return at most `wanted` cells of the `pictures` in the store: in memory where they take less
    than half of `memory` mebibytes, otherwise read each time they are asked for.

    Raises:
        InputError: `memory` is too low.
    """
    count, width = value.sizes["y"] * value.sizes["x"], value.sizes["feature"]
    page, total = value.encoding["chunks"][0], len(pictures) * count
    page_bytes = page * count * width * value.dtype.itemsize
    stored = sampling.StoredCells(
        partial(_read, value),
        pictures,
        sampling.draw(total, wanted, generator) if wanted < total else None,
        count,
        width,
        page,
        budget.block(memory, width, nodes, page_bytes),
    )
    fits = budget.held(memory, width, stored.rows)
    return source.held(stored, stored.block) if fits else stored


def standardised(raw: Source, weights: Float64[np.ndarray, " feature"]) -> Standardised:
    """Return the rule of all samples.

    Raises:
        InputError: some hold NaN or infinity.
    """
    found = standardisation.gathered(raw.blocks())
    try:
        return Standardised(standardisation.from_moments(found, weights), found)
    except ValueError as error:
        raise InputError(
            f"{store.locate('features', FEATURES)}: {error}; run: dvc repro features"
        ) from None


def warn(rows: int, nodes: int, flat: Iterable[str]) -> None:
    """Say what the map can learn little from: too few samples, features without spread."""
    if rows < nodes:
        log.warning(
            "som: %d nodes for %d samples; lower som.rows and som.cols, or add pictures",
            nodes,
            rows,
        )
    for name in flat:
        log.warning("som: feature %s is the same in every sample; it tells nothing apart", name)


def _read(value: xr.DataArray, start: int, stop: int) -> np.ndarray:
    """Return the features of some pictures.

    Raises:
        InputError: the store cannot be read there.
    """
    try:
        return value[start:stop].values
    except Exception as error:
        raise InputError(
            f"{store.locate('features', FEATURES)}: pictures {start} to "
            f"{min(stop, len(value)) - 1} are not readable ({type(error).__name__}), "
            "the store is cut short or damaged; run: dvc repro features"
        ) from None
