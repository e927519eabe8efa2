"""The extractor of this project: over the map in `data/som/`, with the parameters of features and
impressions.
"""

from types import ModuleType

import numpy as np

from tasks.artifacts.som import SOM
from tasks.core import store
from tasks.features.params import Features
from tasks.impressions.extract import Extractor, extractor
from tasks.impressions.params import Impressions


def stored(features: Features, impressions: Impressions, xp: ModuleType = np) -> Extractor:
    """Return it; `xp` searches for the nearest node.

    Raises:
        InputError: the map is missing, or was trained on other features.
    """
    return extractor(
        store.read("som", SOM),
        features.extractors,
        features.cell,
        features.stride,
        impressions.decoders,
        refinements=impressions.refinements,
        xp=xp,
    )
