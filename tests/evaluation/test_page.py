"""The page."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tasks.evaluation.labels import mode
from tasks.evaluation.page import Clip, Image, Page, Sheet, Variant, render
from tests.evaluation import small


class Reader(HTMLParser):
    """Collects the tags of a page, and every reference to a file."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def references(self) -> list[str]:
        """Return the values of all src, srcset and href, without those within the page."""
        found = (values.get(name) for _, values in self.tags for name in ("src", "srcset", "href"))
        return [value for value in found if value and not value.startswith("#")]


@pytest.fixture(scope="module")
def text(evaluated: Path) -> str:
    return (evaluated / "data/evaluation/index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(text: str) -> Reader:
    return Reader(text)


def test_the_page_shows_every_mode_of_every_set(page):
    shown = [values["src"] for tag, values in page.tags if tag == "img"]
    for name in small.SETS:
        assert f"pictures/{name}_source.webp" in shown
        for each in small.MODES:
            assert f"pictures/{name}_{each}.webp" in shown


def test_the_page_names_every_mode_and_shows_every_channel(text):
    for each in small.MODES:
        assert text.count(f">{mode(each)[0]}<") >= 2 * len(small.SETS)
    for name in ("Colour", "Luminance", "Edges", "Clusters"):
        assert f"<h4>{name}</h4>" in text


def test_the_page_plays_every_clip_muted_in_a_loop(page):
    videos = [values for tag, values in page.tags if tag == "video"]
    expected = {f"videos/{n}_{v}.mp4" for n in ("astronaut", "coffee") for v in small.VARIANTS}
    assert {values["src"] for values in videos} == expected
    assert all({"muted", "loop", "playsinline"} <= values.keys() for values in videos)


def test_the_page_shows_what_the_phase_model_drew(page, text):
    shown = [values["src"] for tag, values in page.tags if tag == "img"]
    for name in ("free", "steered_original", "steered", "rendered_original", "rendered"):
        assert f"pictures/lines_{name}.webp" in shown
    for name in ("tree", "forward", "reverse"):
        assert f"pictures/lines_{name}.png" in shown
    assert "<dt>off the layout</dt><dd>9.00°</dd>" in text
    assert "Lines: distance to held-out pictures" in text


def test_the_page_refers_to_nothing_but_the_files_beside_it(page, text, evaluated):
    assert not re.search(r"(https?:)?//[\w.-]+\.\w", text)
    for reference in page.references():
        assert (evaluated / "data/evaluation" / reference).is_file(), reference


def test_no_file_beside_the_page_is_left_over(page, evaluated):
    folder = evaluated / "data/evaluation"
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert files - {"index.html"} == set(page.references())


def test_every_picture_has_a_text_and_a_size(page):
    pictures = [values for tag, values in page.tags if tag == "img"]
    assert len(pictures) > 20
    assert all(values["alt"] and values["width"] and values["height"] for values in pictures)


def test_links_within_the_page_lead_somewhere(page):
    names = {values["id"] for _, values in page.tags if values.get("id")}
    links = [values["href"] for tag, values in page.tags if tag == "a"]
    inner = {link[1:] for link in links if link and link.startswith("#")}
    assert inner == names


def test_captions_and_names_are_escaped(text):
    assert "a &lt;photo&gt;" in text
    assert "<photo>" not in text


def test_an_empty_page_has_no_empty_parts():
    text = render(Page())
    assert "<section" not in text
    assert "<h1>Impression fields</h1>" in text


def test_hostile_text_stays_text():
    image = Image('x.webp" onerror="alert(1)', "<b>", 1, 1)
    clip = Clip("<script>alert(1)</script>", "", [Variant("&", "x.mp4", image, [("a", "<i>")])])
    text = render(Page(clips=[clip], grid=Sheet("<u>", "", [])))
    assert "<script>alert" not in text
    assert 'onerror="' not in text
    assert "&lt;i&gt;" in text


def test_light_and_dark_pages_have_plots_of_their_own(page):
    dark = [values for tag, values in page.tags if tag == "source"]
    assert {values["media"] for values in dark} == {"(prefers-color-scheme: dark)"}
    assert {values["srcset"] for values in dark} == {
        f"plots/{name}-dark.png" for name in ("u_matrix", "som", "controlnet", "structure")
    }
