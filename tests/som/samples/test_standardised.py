import numpy as np
import pytest

from tasks.som.lattices.lattice import Rect
from tasks.som.samples import fixed_point, standardisation
from tasks.som.samples.source import Table
from tasks.som.samples.standardised import Standardised
from tasks.som.starts.initialisation import principal_plane

RANDOM = np.random.default_rng(8)
VALUES = (RANDOM.lognormal(size=(20_000, 4)) * [1, 1e3, 1e-3, 0] + [0, 5, 0, 2]).astype(np.float32)
WEIGHTS = np.array([1.0, 0.5, 2.0, 1.0])


@pytest.mark.parametrize("block", [999, 20_000])
def test_blocks_are_standardised_to_the_bits_of_the_whole_table(block: int) -> None:
    raw = Table(VALUES, block)
    found = standardisation.gathered(raw.blocks())
    standard = Standardised(standardisation.from_moments(found, WEIGHTS), found)
    rule = standardisation.fit(VALUES, WEIGHTS)
    expected = fixed_point.samples(rule.apply(VALUES))
    data = standard.source(raw)
    np.testing.assert_array_equal(np.concatenate(list(data.blocks())), expected)
    start = principal_plane(data, Rect(5, 7))
    np.testing.assert_array_equal(start, principal_plane(expected, Rect(5, 7)))
