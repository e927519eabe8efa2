"""From the stores to what the page shows of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from tasks.evaluation.findings import ClipFindings, Figures, MapFindings, Pictures, SetFindings
from tasks.impressions import srgb
from tasks.impressions.extract import LAB
from tasks.impressions.turns import by_turns


def som(dataset: xr.Dataset) -> MapFindings:
    """Return what the page shows of the trained map."""
    names = dataset["feature"].values.tolist()
    codebook = dataset["codebook"].values
    lab = (codebook[..., names.index(name)].ravel() for name in LAB)
    colours = np.rint(255 * srgb.from_lab(*lab)).astype(np.uint8)
    return MapFindings(
        colours=colours.reshape(*codebook.shape[:2], 3),
        u_matrix=dataset["u_matrix"].values,
        cluster=dataset["cluster"].values,
        seat=dataset["seat"].values,
        sigma=dataset["sigma"].values,
        quantization_error=dataset["quantization_error"].values,
        topographic_error=dataset["topographic_error"].values,
    )


def painted(
    name: str,
    found: xr.Dataset,
    pictures: xr.Dataset,
    maps: xr.DataArray,
    *,
    figures: Mapping[str, Figures],
    shown: int,
) -> SetFindings:
    """Return the first `shown` pictures of a set, crops of several photographs taking turns."""
    numbers = found["picture_index"].values
    first = by_turns(pictures["source"].values[numbers].tolist())[:shown]
    outputs = found["picture"].isel(picture=first).values
    return SetFindings(
        name=name,
        size=len(numbers),
        sources=pictures["picture"][numbers[first]].values,
        maps=maps[numbers[first]].values.astype(np.float32),
        painted=dict(zip(found["mode"].values.tolist(), outputs, strict=True)),
        figures=figures,
    )


def grid(views: xr.Dataset, pictures: xr.Dataset) -> tuple[Pictures, Pictures]:
    """Return the photographs that have a map of their own, and those maps."""
    return pictures["picture"][views["picture_index"].values].values, views["view"].values


def clip(
    name: str, caption: str, folder: Path, films: Mapping[str, Mapping[str, Any]]
) -> ClipFindings:
    """Return the variants of one photograph's clip."""
    photographs = {variant: each["photographs"] for variant, each in films.items()}
    figures = {variant: each[name] for variant, each in photographs.items() if name in each}
    return ClipFindings(name, caption, folder, figures)
