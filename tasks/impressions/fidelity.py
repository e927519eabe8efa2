"""Structure fidelity: how much of an impression comes back when it is extracted again from what
was generated under it.

The impression c = D(x) of a source picture x conditions a generated picture y; D(y) is the
impression extracted again. Per picture:

| name | compares | better |
|---|---|---|
| luma_correlation | channel luma of D(x) and D(y), Pearson over cells | 1 |
| edge_correlation | channel edge of D(x) and D(y), Pearson over cells | 1 |
| edge_f1 | the cells in the upper quartile of channel edge of D(x) and of D(y) | 1 |
| cluster_agreement | the basins of D(x) and D(y): share of cells in the same one | 1 |
| cluster_agreement_within_1 | the same, adjacent basins counted as the same | 1 |
| low_pass_ssim | the luma of x and y, both blurred, structural similarity | 1 |
| source_luma_correlation | the cells' own luma in x and in y, Pearson over cells | 1 |
| source_edge_correlation | the cells' own edge strength in x and in y, Pearson over cells | 1 |
| lab_error | the mean CIELAB colour of each cell of x and of y, ΔE*ab (1976), cells' mean | 0 |

The first five are measured on the decoded channels, that is on what conditioned and on what came
back, quantization by the map included. The others look at the pictures themselves, so that a
picture which pleases the map alone does not pass. Each value is 1 (or 0, for the error) when y =
x. Constant maps: see `tasks.impressions.similarity`.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float, Float32, UInt8

from tasks.features import light
from tasks.impressions import srgb
from tasks.impressions.basins import Basins
from tasks.impressions.extract import Extractor
from tasks.impressions.similarity import correlation, f1, low_pass_ssim, top_quartile

METRICS = (
    "luma_correlation",
    "edge_correlation",
    "low_pass_ssim",
    "lab_error",
    "edge_f1",
    "cluster_agreement",
    "cluster_agreement_within_1",
    "source_luma_correlation",
    "source_edge_correlation",
)
LOWER_IS_BETTER = frozenset({"lab_error"})

BATCH = 64
"""Pictures compared at a time; it bounds memory and changes no value."""

Metrics = dict[str, Float[np.ndarray, " picture"]]


def compare(
    maps: Float[np.ndarray, "picture channel row col"],
    sources: UInt8[np.ndarray, "picture y x 3"],
    outputs: UInt8[np.ndarray, "picture y x 3"],
    extractor: Extractor,
) -> Metrics:
    """Return every metric of `METRICS` for each picture: `maps` conditioned, `sources` are where
    they came from.

    Raises:
        ValueError: there are no pictures, or their numbers or sizes differ.
    """
    if not len(maps) or len(maps) != len(sources) or sources.shape != outputs.shape:
        raise ValueError(
            f"outputs: shape is {outputs.shape}, expected {sources.shape} and {len(maps)} maps"
        )
    parts = [
        _compare(maps[part], sources[part], outputs[part], extractor)
        for part in (slice(start, start + BATCH) for start in range(0, len(maps), BATCH))
    ]
    return {name: np.concatenate([part[name] for part in parts]) for name in METRICS}


def summary(metrics: Mapping[str, Float[np.ndarray, " picture"]]) -> dict[str, float]:
    """Return the mean of each metric over the pictures."""
    return {name: float(np.mean(values)) for name, values in metrics.items()}


def channel(
    maps: Float[np.ndarray, "picture channel row col"], name: str, channels: Sequence[str]
) -> Float[np.ndarray, "picture row col"]:
    """Return the channel `name` of `maps`, whose channels are `channels`."""
    if name not in channels:
        raise ValueError(
            f"channels: fidelity needs {name!r}, the impression has {', '.join(channels)}"
        )
    return np.asarray(maps[:, list(channels).index(name)], np.float64)


def _compare(
    maps: Float[np.ndarray, "picture channel row col"],
    sources: UInt8[np.ndarray, "picture y x 3"],
    outputs: UInt8[np.ndarray, "picture y x 3"],
    extractor: Extractor,
) -> Metrics:
    cells = extractor.cells(outputs)
    again = extractor.decode(extractor.match(cells))
    edge, edge_again = (channel(each, "edge", extractor.channels) for each in (maps, again))
    cells_before = extractor.cells(sources)
    difference = extractor.lab(cells_before) - extractor.lab(cells)
    lights = (srgb.stored(extractor.feature(each, "luminance")) for each in (cells_before, cells))
    edges = (extractor.feature(each, "edge") for each in (cells_before, cells))
    return {
        "luma_correlation": correlation(
            channel(maps, "luma", extractor.channels), channel(again, "luma", extractor.channels)
        ),
        "edge_correlation": correlation(edge, edge_again),
        "low_pass_ssim": low_pass_ssim(light.luma(sources), light.luma(outputs)),
        "lab_error": np.sqrt((difference**2).sum(axis=-1)).mean(axis=(1, 2)),
        "edge_f1": f1(top_quartile(edge), top_quartile(edge_again)),
        "source_luma_correlation": correlation(*lights),
        "source_edge_correlation": correlation(*edges),
        **_agreement(maps, again, extractor.channels, extractor.basins),
    }


def _agreement(
    maps: Float[np.ndarray, "picture channel row col"],
    again: Float32[np.ndarray, "picture channel row col"],
    channels: Sequence[str],
    basins: Basins,
) -> Metrics:
    one, other = (
        basins.of(channel(each, "cluster_row", channels), channel(each, "cluster_col", channels))
        for each in (maps, again)
    )
    return {
        "cluster_agreement": (one == other).mean(axis=(1, 2)),
        "cluster_agreement_within_1": basins.adjacent[one, other].mean(axis=(1, 2)),
    }
