"""From what was found to the page: strips, plots, copies of the clips, tables and the text."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image as Picture

from tasks.evaluation import lines, plots
from tasks.evaluation.findings import ClipFindings, Findings, MapFindings
from tasks.evaluation.labels import FILMS, METRICS, SETS, label, mode
from tasks.evaluation.page import Clip, Image, Page, Table, Variant
from tasks.evaluation.sheets import Sheets, colours, has_colour
from tasks.evaluation.tables import number, pairs, table
from tasks.impressions.fidelity import LOWER_IS_BETTER
from tasks.impressions.fidelity import METRICS as STRUCTURE

PLOTS, VIDEOS = "plots", "videos"
HERO = 256
"""Side of the pictures at the head of the page, pixels."""

BESIDE = ("tof", "gain", "flicker", "layout")
"""Figures that stand below a clip."""

DOWNLOADS = (
    ("metrics.json", "all figures"),
    ("gates.json", "verdicts"),
    ("som.json", "learning of the map"),
    ("controlnet.json", "learning of the ControlNet"),
)


def build(folder: Path, findings: Findings, drawn_lines: lines.Lines | None) -> Page:
    """Write every picture, plot and clip of the page into `folder` and return the page; without
    `drawn_lines` that part is left out.
    """
    for name in (PLOTS, VIDEOS):
        (folder / name).mkdir()
    sheets, channels = Sheets(folder), findings.channels
    codebook, learning, drawn = draw(folder, findings)
    return Page(
        hero=hero(sheets, findings),
        headline=headline(findings),
        codebook=codebook,
        learning=learning,
        impressions=sheets.impressions(findings),
        generated=[sheets.generated(found, channels) for found in findings.sets],
        grid=sheets.grid(*findings.grid),
        clips=[clip(folder, found) for found in findings.clips],
        lines=lines.sheet(sheets, drawn_lines) if drawn_lines else None,
        ways=lines.ways(folder, drawn_lines) if drawn_lines else (),
        verdicts=findings.verdicts,
        tables=[*tables(findings), *([lines.distances(drawn_lines)] if drawn_lines else [])],
        plots=drawn,
        downloads=DOWNLOADS,
    )


def hero(sheets: Sheets, findings: Findings) -> list[tuple[Image, str]]:
    """Return the way of the first held-out picture through the project."""
    if not findings.sets or not has_colour(findings.channels):
        return []
    first = findings.sets[0]
    shown = [
        ("source", first.sources[:1], "A held-out picture"),
        ("codebook", findings.som.colours[None], "The map of looks, learned from other pictures"),
        ("impression", colours(first.maps[:1], findings.channels), "Its impression on that map"),
    ]
    if best := next((name for name in first.painted if name.startswith("controlnet")), None):
        shown.append(("painted", first.painted[best][:1], "Painted anew from the impression"))
    return [
        (sheets.strip(f"hero_{name}", picture, text, HERO), text) for name, picture, text in shown
    ]


def headline(findings: Findings) -> list[tuple[str, str]]:
    """Return the few figures that stand at the head of the page."""
    shown: list[tuple[str, str]] = []
    figures = findings.sets[0].figures if findings.sets else {}
    if "controlnet" in figures and "none" in figures:
        for metric, text in (("luma_correlation", "luminance"), ("edge_correlation", "edges")):
            with_, without = figures["controlnet"][metric], figures["none"][metric]
            shown.append(
                (f"correlation of {text}, against {number(without)} uncontrolled", number(with_))
            )
    rows, cols = findings.som.u_matrix.shape
    basins = len(np.unique(findings.som.cluster))
    shown.append((f"nodes, in {basins} basins", f"{rows * cols}"))
    if findings.verdicts:
        kept = sum(verdict.passed for verdict in findings.verdicts)
        shown.append(("gates kept", f"{kept} of {len(findings.verdicts)}"))
    return shown


def draw(
    folder: Path, findings: Findings
) -> tuple[list[tuple[Image, str]], Image, list[tuple[Image, str]]]:
    """Return the two pictures of the codebook, the learning curves, and the other plots."""
    som = findings.som
    codebook = [
        (_codebook(folder, som), "Colour of each node: neighbours on the map look alike."),
        (
            _plot(
                folder, "u_matrix", (6, 5.2), plots.u_matrix(som.u_matrix, som.cluster, som.seat)
            ),
            "Where neighbours differ, the U-matrix is high; its basins are the clusters.",
        ),
    ]
    curves = plots.learning_curves(som.quantization_error, som.topographic_error, som.sigma)
    learning = _plot(folder, "som", (11, 2.8), curves)
    others: list[tuple[Image, str]] = []
    if findings.curve:
        steps = [int(point["step"]) for point in findings.curve]
        series = {
            label(name, METRICS): [point[name] for point in findings.curve]
            for name in STRUCTURE
            if name not in LOWER_IS_BETTER and name in findings.curve[0]
        }
        drawn = plots.curve(steps, series, xlabel="training step", ylabel="mean over the pictures")
        text = (
            "The ControlNet while it learns, on pictures kept for this alone; "
            f"the checkpoint of step {findings.best} was taken."
        )
        others.append((_plot(folder, "controlnet", (11, 4), drawn), text))
    if findings.sets:
        bars = plots.bars(
            {
                SETS.get(found.name, found.name): {
                    mode(name)[0]: figures for name, figures in found.figures.items()
                }
                for found in findings.sets
            },
            {name: label(name, METRICS) for name in STRUCTURE},
            lower=LOWER_IS_BETTER,
        )
        text = "Every structure metric, every mode, both sets."
        others.append((_plot(folder, "structure", (11, 7), bars), text))
    return codebook, learning, others


def clip(folder: Path, found: ClipFindings) -> Clip:
    """Return the clip with a copy of each variant's file for players."""
    variants = []
    for name, figures in found.figures.items():
        file = f"{VIDEOS}/{found.name}_{name}.mp4"
        shutil.copyfile(found.folder / f"{name}.mp4", folder / file)
        image = _slice(folder, found, name)
        variants.append(Variant(label(name), file, image, pairs(figures, BESIDE, FILMS)))
    return Clip(label(found.name), found.caption, variants)


def _slice(folder: Path, found: ClipFindings, name: str) -> Image:
    file = f"{VIDEOS}/{found.name}_{name}.webp"
    with Picture.open(found.folder / f"{name}_slice.png") as picture:
        picture.convert("RGB").save(folder / file, lossless=True, method=4)
        width, height = picture.size
    return Image(file, f"{label(found.name)}, {label(name)}: middle line over time", width, height)


def tables(findings: Findings) -> list[Table]:
    """Return a table of structure for each set, and one of motion for each clip."""
    names = {name: mode(name)[0] for found in findings.sets for name in found.figures}
    structure = [
        table(
            f"Structure: {SETS.get(found.name, found.name).lower()}",
            f"mean of {found.size}",
            found.figures,
            labels=METRICS,
            names=names,
            lower=LOWER_IS_BETTER,
            unranked=[name for name in found.figures if name.startswith("ceiling")],
        )
        for found in findings.sets
    ]
    return structure + [_motion(found.name, found.figures) for found in findings.clips]


def _motion(name: str, figures: Mapping[str, Mapping[str, float]]) -> Table:
    shown = {
        variant: {measure: measures[measure] for measure in FILMS if measure in measures}
        for variant, measures in figures.items()
    }
    return table(f"Motion: {label(name)}", "variant", shown, labels=FILMS, ranked=())


def _codebook(folder: Path, som: MapFindings) -> Image:
    rows, cols = som.colours.shape[:2]
    file = f"{PLOTS}/codebook.png"
    Picture.fromarray(som.colours, "RGB").save(folder / file, optimize=True)
    return Image(file, "The colours of the map's nodes", cols, rows)


def _plot(folder: Path, name: str, size: tuple[float, float], drawing: plots.Draw) -> Image:
    plots.save(folder / PLOTS, name, size, drawing)
    width, height = (round(length * plots.DOTS) for length in size)
    light, dark = (f"{PLOTS}/{name}-{theme.suffix}.png" for theme in plots.THEMES)
    return Image(light, label(name), width, height, dark)
