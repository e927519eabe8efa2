import numpy as np
import pytest

from tasks.som.samples import growth


def test_growing_shares_cost_a_third_of_whole_epochs() -> None:
    shares = growth.shares("grow", 10, 10**7)
    assert shares[0] == 1 / 32
    assert shares[-1] == 1
    np.testing.assert_allclose(np.diff(np.log(shares)), np.log(32) / 9)
    assert sum(shares) == pytest.approx(3.06, abs=0.01)
    assert growth.shares("full", 3, 10**7) == (1.0, 1.0, 1.0)
    assert growth.shares("grow", 1, 10**7) == (1.0,)


@pytest.mark.parametrize("rows", [1, 4096])
def test_few_samples_do_not_grow(rows: int) -> None:
    assert growth.shares("grow", 4, rows) == (1.0,) * 4


@pytest.mark.parametrize("share", [1 / 32, 0.1, 0.5, 0.9])
@pytest.mark.parametrize("period", [1, 2, 32, 128, 1000, 4096])
def test_a_share_is_even_over_any_run_and_any_period(share: float, period: int) -> None:
    chosen = growth.chosen(0, 4096 * 300, share)[::period][:300]
    assert abs(chosen.sum() - share * len(chosen)) < 0.06 * len(chosen)


def test_smaller_shares_are_part_of_larger_ones_and_any_cut_gives_the_same() -> None:
    small, large = growth.chosen(0, 5000, 0.2), growth.chosen(0, 5000, 0.3)
    assert not (small & ~large).any()
    pieces = [growth.chosen(a, a + 700, 0.2) for a in range(0, 5000, 700)]
    np.testing.assert_array_equal(np.concatenate(pieces)[:5000], small)
    assert growth.chosen(0, 5000, 1.0).all()


@pytest.mark.parametrize("pages", [1, 40, 100, 10_000])
def test_pages_and_rows_make_up_the_share(pages: int) -> None:
    split = growth.split(1 / 32, pages)
    assert split.pages * split.rows == pytest.approx(1 / 32)
    assert split.pages * pages >= min(pages, 64)
