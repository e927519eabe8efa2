import pytest

from tasks.core.errors import InputError
from tasks.som.samples import budget

PAGE = 1 << 20


def test_more_memory_gives_larger_blocks_up_to_a_most() -> None:
    sizes = [budget.block(limit, 16, 1024, PAGE) for limit in (24, 32, 64, 10_000)]
    assert sizes == sorted(sizes)
    assert sizes[0] >= budget.FEWEST
    assert sizes[-1] == 1 << 16


def test_too_little_memory_is_refused_with_the_least_that_will_do() -> None:
    with pytest.raises(
        InputError, match=r"som.memory_limit: 8 MiB is too low .* at least \d+$"
    ) as e:
        budget.block(8, 16, 1024, PAGE)
    least = int(str(e.value).split()[-1])
    assert budget.block(least, 16, 1024, PAGE) >= budget.FEWEST
    with pytest.raises(InputError):
        budget.block(least - 1, 16, 1024, PAGE)
