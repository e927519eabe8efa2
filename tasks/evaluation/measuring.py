"""What is measured: structure of the painted pictures, coherence of the clips.

The measures themselves are those of `tasks.impressions.fidelity`, `tasks.video.measures` and
`tasks.kuramoto.diagnosis`.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import xarray as xr

from tasks.impressions import fidelity
from tasks.impressions.extract import Extractor
from tasks.kuramoto.diagnosis import diagnose
from tasks.video.files import clip
from tasks.video.measures import metrics


def structure(
    found: xr.Dataset,
    mode: str,
    *,
    pictures: xr.DataArray,
    maps: xr.DataArray,
    extractor: Extractor,
) -> dict[str, float]:
    """Return the mean of each structure metric over what `mode` painted of a set.

    `found` is what was painted (schema GENERATION), `pictures` and `maps` are all source pictures
    and their impressions.
    """
    numbers = found["picture_index"].values
    outputs = found["picture"][found["mode"].values.tolist().index(mode)].values
    sources = pictures[numbers].values
    return fidelity.summary(fidelity.compare(maps[numbers].values, sources, outputs, extractor))


def coherence(folder: Path, variant: str) -> dict[str, float]:
    """Return every measure of one variant of the clip that lies in `folder`, and what the
    oscillators did that moved it.
    """
    motion = clip.motion(folder, variant)
    measured = metrics.measure(clip.read(folder, variant), motion.displacement())
    return {**measured, **diagnose(motion.phase)}


def mean(figures: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Return the mean of each figure over the photographs."""
    names = next(iter(figures.values()))
    return {name: float(np.mean([each[name] for each in figures.values()])) for name in names}
