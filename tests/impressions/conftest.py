"""What the tests of impressions share."""

from pathlib import Path

import numpy as np
import pytest
import xarray as xr
import yaml

from tasks.impressions.extract import Extractor, extractor
from tests.impressions import small


@pytest.fixture(scope="session")
def photographs() -> np.ndarray:
    """Eight crops of photographs, 64 pixels a side."""
    return small.photographs()


@pytest.fixture(scope="session")
def dataset() -> xr.Dataset:
    """The store `som` of a map of those photographs."""
    return small.som()


@pytest.fixture
def set_section():
    """Return a function that sets parameters of a section: `set_section("som", rows=4)`."""

    def change(name: str, **values: object) -> None:
        file = Path("params.yaml")
        sections = yaml.safe_load(file.read_text())
        sections[name] |= values
        file.write_text(yaml.safe_dump(sections))

    return change


@pytest.fixture(scope="session")
def read(dataset: xr.Dataset) -> Extractor:
    """The extractor over that map."""
    return extractor(dataset, small.EXTRACTORS, small.CELL, small.STRIDE, small.DECODERS)
