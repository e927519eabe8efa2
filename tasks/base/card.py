"""The card of a published base model: what it is, how it came about, what it can and cannot do."""

from pathlib import Path
from typing import Any

from jinja2 import Environment

CAPTIONS = (
    "a spring landscape with clouds, hills, meadow, round trees",
    "a summer landscape with big sun, mountains, lake, pine trees",
    "a autumn landscape with clouds, hills, wheat field, house",
    "a winter landscape with mountains, snow, pine trees",
    "a desert landscape with big sun, cliffs, sand dunes",
    "a sunset landscape with clouds, big sun, cliffs, sea, boat",
    "a night landscape with moon, stars, mountains, lake",
    "a misty landscape with fog, birds, flat, meadow, round trees",
    "a winter landscape with moon, hills, snow, house",
    "a summer landscape with clouds, flat, sea, boat",
    "a desert landscape with clouds, mountains, meadow",
    "a night landscape with clouds, moon, flat, wheat field, house",
    "a photo of a rocket",
    "a photo of galaxies",
    "a photo of a retina",
    "a grey photo of bricks",
    "a grey photo of grass",
    "a grey photo of gravel close up",
)
"""Captions of the sample grid, fixed beforehand."""
COLUMNS = 6
GRID = "samples.png"

TEMPLATE = Path(__file__).with_name("card.md.j2")


def text(training: dict[str, Any], *, parameters: int, size_in_bytes: int) -> str:
    """Return the card of the model whose `training.json` is `training`."""
    points = training["denoiser"]["distance"]
    markdown = Environment(autoescape=False, keep_trailing_newline=True)  # noqa: S701 - Markdown, not HTML
    return markdown.from_string(TEMPLATE.read_text()).render(
        training["recipe"],
        data=training["data"],
        parameters=parameters / 1e6,
        megabytes=size_in_bytes / 1e6,
        caption=CAPTIONS[1],
        decoder=training["decoder"]["loss"][-1]["loss"],
        ratio=training["decoder"]["peak_signal_to_noise"],
        denoiser=training["denoiser"]["loss"][-1]["loss"],
        curve=[point for point in points if point["distance"] is not None],
    )
