"""The section."""

from typing import Any

import pytest
from pydantic import ValidationError

from tests.controlnet import small


@pytest.mark.parametrize(
    "change",
    [
        {"curve": [3, 0, 6]},
        {"curve": [0, 3]},
        {"curve": [0, 9]},
        {"curve": []},
        {"learning_rate": 0.0},
        {"batch": 0},
        {"caption_drop": 1.0},
        {"embedding": [0]},
        {"epochs": 3},
        {"steps": "6"},
    ],
)
def test_a_wrong_value_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        small.section(**change)
