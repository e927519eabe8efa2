from types import SimpleNamespace

import numpy as np
import pytest

from tasks.features import imaging
from tasks.features.extract import build, extract
from tests.features.choices import choice
from tests.features.device import Elsewhere, module

DEVICE = SimpleNamespace(asarray=Elsewhere)


@pytest.mark.parametrize("name", ["lab", "laplacian", "luminance", "rgb", "sobel", "variance"])
def test_extractors_compute_where_the_pictures_are_moved_to(
    crops: np.ndarray, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imaging, "library", module)
    chosen = build([choice(name)])
    there = extract(crops, chosen, 8, 4, xp=DEVICE).values
    np.testing.assert_allclose(there, extract(crops, chosen, 8, 4).values, atol=1e-5)


@pytest.mark.parametrize("name", ["canny", "entropy", "hog", "position"])
def test_the_others_stay_where_they_were(crops: np.ndarray, name: str) -> None:
    chosen = build([choice(name)])
    there = extract(crops, chosen, 8, 4, xp=DEVICE).values
    np.testing.assert_array_equal(there, extract(crops, chosen, 8, 4).values)


def test_without_cucim_everything_stays_on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imaging, "find_spec", lambda name: None)
    assert imaging.namespace("cuda") is np


def test_with_cucim_the_device_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imaging, "find_spec", lambda name: object())
    assert imaging.namespace("cpu") is np
