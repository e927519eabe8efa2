"""The bounds of the benchmark of structure, and its table.

On the procedural scenes, with `c` the ceiling (the autoencoder's round trip):

* ours (`ours_faithful`) has the highest correlations of luma and edges and the highest low-pass
  SSIM of all modes whose Fréchet-like distance is not above its own by more than a twentieth;
* luma at least 0.985 c, edges, edge F1 and agreement with neighbouring clusters 0.95 c each;
* the error of colour is at most 5, alone and with img2img;
* with another's caption luma is at least 0.80 and edge F1 at least 0.60 still; and with the map's
  scale turned up the error of colour is at most 10.
"""

from collections.abc import Iterator
from typing import Any

SHOWN = {
    "luma_correlation": "luma",
    "edge_correlation": "edge",
    "low_pass_ssim": "low-pass SSIM",
    "lab_error": "ΔE",
    "edge_f1": "edge F1",
    "cluster_agreement": "cluster",
    "cluster_agreement_within_1": "within 1",
    "source_luma_correlation": "source's luma",
    "source_edge_correlation": "source's edge",
}
OF_CEILING = {
    "luma_correlation": 0.985,
    "edge_correlation": 0.95,
    "edge_f1": 0.95,
    "cluster_agreement_within_1": 0.95,
}
BEST = ("luma_correlation", "edge_correlation", "low_pass_ssim")
OURS, SLACK = "ours_faithful", 1.05
WITH_IMG2IMG = "ours_img2img_faithful"


def problems(found: dict[str, Any]) -> list[str]:
    """Return the lines of the bounds that are broken."""
    scenes, words = found["scenes"], found["mismatched"]
    wanted = (scenes, OURS), (scenes, WITH_IMG2IMG), (scenes, "ceiling"), (words, OURS)
    if lacking := [
        label for rows, label in (*wanted, (words, "ours_map_wins")) if label not in rows
    ]:
        return [f"{label}: not measured" for label in lacking]
    return [
        *_beaten(scenes),
        *_below_ceiling(scenes),
        *_above("scenes", scenes, OURS, "lab_error", 5.0),
        *_above("scenes", scenes, WITH_IMG2IMG, "lab_error", 5.0),
        *_under(words, OURS, "luma_correlation", 0.80),
        *_under(words, OURS, "edge_f1", 0.60),
        *_above("mismatched", words, "ours_map_wins", "lab_error", 10.0),
    ]


def mean(row: dict[str, Any], metric: str) -> float:
    """Return the mean of one metric."""
    return row[metric]["mean"]


def _beaten(scenes: dict[str, Any]) -> Iterator[str]:
    ours = scenes[OURS]
    for label, row in scenes.items():
        if label.startswith(("ours", "ceiling")) or row["frechet"] > SLACK * ours["frechet"]:
            continue
        for metric in BEST:
            if mean(row, metric) > mean(ours, metric):
                yield (
                    f"scenes, {metric}: {label} has {mean(row, metric):.3f}, "
                    f"ours {mean(ours, metric):.3f}"
                )


def _below_ceiling(scenes: dict[str, Any]) -> Iterator[str]:
    for metric, share in OF_CEILING.items():
        reached = mean(scenes[OURS], metric) / mean(scenes["ceiling"], metric)
        if reached < share:
            yield f"scenes, {metric}: {reached:.3f} of the ceiling, below {share}"


def _above(name: str, rows: dict[str, Any], label: str, metric: str, most: float) -> Iterator[str]:
    if mean(rows[label], metric) > most:
        yield f"{name}, {label}, {metric}: {mean(rows[label], metric):.2f}, above {most}"


def _under(rows: dict[str, Any], label: str, metric: str, least: float) -> Iterator[str]:
    if mean(rows[label], metric) < least:
        yield f"mismatched, {label}, {metric}: {mean(rows[label], metric):.3f}, below {least}"


def table(found: dict[str, Any]) -> Iterator[str]:
    """Yield the table, a set after the other, as Markdown."""
    for name, rows in found.items():
        if not rows:
            continue
        yield f"\n{name}, {next(iter(rows.values()))['pictures']} pictures:\n"
        yield f"| mode | {' | '.join(SHOWN.values())} | Fréchet |"
        yield f"|---|{'---|' * (len(SHOWN) + 1)}"
        for label, row in rows.items():
            cells = " | ".join(_cell(row[metric]) for metric in SHOWN)
            yield f"| `{label}` | {cells} | {row['frechet']:.3f} |"


def _cell(value: dict[str, Any]) -> str:
    low, high = value["interval"]
    digits = 2 if value["mean"] > 1.5 else 3
    return f"{value['mean']:.{digits}f} ± {(high - low) / 2:.{digits}f}"
