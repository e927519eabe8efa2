"""Small photographs for the features."""

import numpy as np
import pytest
from skimage import data


@pytest.fixture(scope="session")
def crops() -> np.ndarray:
    """Twelve crops of 24 x 40 pixels of a photograph, and a black and a white one."""
    photograph = data.astronaut()
    places = [(37 * i % 480, 91 * i % 470) for i in range(12)]
    pictures = [photograph[y : y + 24, x : x + 40] for y, x in places]
    return np.stack(
        [*pictures, np.zeros((24, 40, 3), np.uint8), np.full((24, 40, 3), 255, np.uint8)]
    )
