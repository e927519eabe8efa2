"""The gallery: one page that needs nothing but the files beside it.

The page is a template filled with the records below; all text passes through Jinja's escaping. It
links no other host, runs without a script where there is none, and follows the reader's choice of
light or dark.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tasks.evaluation.gates import Verdict

TEMPLATE = Path(__file__).with_name("page.html.j2")


@dataclass(frozen=True)
class Image:
    """A picture file beside the page; with `dark`, another one for dark pages."""

    file: str
    alt: str
    width: int
    height: int
    dark: str | None = None


@dataclass(frozen=True)
class Row:
    """One strip of a contact sheet: what it is, a few words about it, its figures as (name, value)
    and its pictures.
    """

    name: str
    note: str
    image: Image
    figures: Sequence[tuple[str, str]] = ()
    strong: bool = False


@dataclass(frozen=True)
class Sheet:
    """Strips below one another; the same column is the same picture."""

    title: str
    note: str
    rows: Sequence[Row]


@dataclass(frozen=True)
class Variant:
    """One rendering of a clip: its file for players, and its middle line over time."""

    name: str
    file: str
    slice: Image
    figures: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Clip:
    """A photograph set in motion, each variant side by side."""

    name: str
    note: str
    variants: Sequence[Variant]


@dataclass(frozen=True)
class Cell:
    """A figure in a table; `best` marks the best of its column."""

    text: str
    best: bool = False


@dataclass(frozen=True)
class Table:
    """A table of figures: the heading of the first column and of the others, and per row its name
    and its cells.
    """

    title: str
    corner: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Cell]]]


@dataclass(frozen=True)
class Page:
    """All that the page shows; an empty part is left out."""

    hero: Sequence[tuple[Image, str]] = ()
    headline: Sequence[tuple[str, str]] = ()
    codebook: Sequence[tuple[Image, str]] = ()
    learning: Image | None = None
    impressions: Sheet | None = None
    generated: Sequence[Sheet] = ()
    grid: Sheet | None = None
    clips: Sequence[Clip] = ()
    lines: Sheet | None = None
    ways: Sequence[tuple[Image, str]] = ()
    verdicts: Sequence[Verdict] = ()
    tables: Sequence[Table] = ()
    plots: Sequence[tuple[Image, str]] = ()
    downloads: Sequence[tuple[str, str]] = field(default=())


def render(page: Page) -> str:
    """Return the page as HTML."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(page=page)
