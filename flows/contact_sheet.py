"""A contact sheet: the pictures that a run has made, small, as one image on the run's page.

Prefect's image artifacts are addresses. The page shows the image without any other server where
the address is the image itself (a data URI, RFC 2397), which has to be small, since Prefect keeps
it in its database.
"""

import base64
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from PIL import Image
from prefect.artifacts import create_image_artifact

HEIGHT, WIDTH, GAP = 88, 960, 4  # of a row, of the sheet, between pictures: pixels
MOST = 120  # pictures
LIMIT = 200_000  # bytes of the address
KINDS = {".jpg", ".png", ".webp"}


def publish(places: Iterable[Path], key: str, description: str) -> None:
    """Show the pictures that lie at `places`, files or folders, if there are any."""
    found = pictures(places)
    if found:
        create_image_artifact(address(sheet(found)), key=key, description=description)


def pictures(places: Iterable[Path]) -> list[Path]:
    """Return the picture files, `MOST` of them where there are more, evenly chosen."""
    files = [file for place in places for file in sorted([place, *place.rglob("*")])]
    found = [file for file in files if file.suffix in KINDS and file.is_file()]
    count = min(len(found), MOST)
    return [found[number * len(found) // count] for number in range(count)]


def sheet(files: Sequence[Path]) -> Image.Image:
    """Return the pictures in rows of one height, in order, on white."""
    placed, x, y = list[tuple[Image.Image, int, int]](), 0, 0
    for small in map(_small, files):
        if x and x + small.width > WIDTH:
            x, y = 0, y + HEIGHT + GAP
        placed.append((small, x, y))
        x += small.width + GAP
    whole = Image.new("RGB", (WIDTH, y + HEIGHT), "white")
    for small, left, top in placed:
        whole.paste(small, (left, top))
    return whole


def _small(file: Path) -> Image.Image:
    """Return the picture as high as a row, or as wide as the sheet."""
    with Image.open(file) as picture:
        scale = min(HEIGHT / picture.height, WIDTH / picture.width)
        size = (max(round(picture.width * scale), 1), max(round(picture.height * scale), 1))
        return picture.convert("RGB").resize(size, Image.Resampling.LANCZOS)


def address(image: Image.Image) -> str:
    """Return the image as a data URI of at most `LIMIT` bytes, as good as it fits."""
    for quality in range(90, 0, -10):
        file = io.BytesIO()
        image.save(file, "WEBP", quality=quality)
        text = f"data:image/webp;base64,{base64.b64encode(file.getvalue()).decode()}"
        if len(text) <= LIMIT:
            return text
    return address(image.reduce(2))
