"""The curve."""

from tasks.controlnet.curve import Point, best


def point(step: int, luma: float, edge: float) -> Point:
    return Point(step, {"luma_correlation": luma, "edge_correlation": edge, "lab_error": 9.0})


def test_structure_is_the_mean_of_the_two_correlations() -> None:
    assert point(0, 0.9, 0.5).structure == 0.7


def test_the_best_checkpoint_has_the_most_structure_not_the_most_steps() -> None:
    assert best([point(0, 0.4, 0.2), point(50, 0.9, 0.8), point(100, 0.95, 0.7)]).step == 50


def test_of_equal_checkpoints_the_earliest_is_kept() -> None:
    assert best([point(100, 0.5, 0.5), point(50, 0.5, 0.5)]).step == 50
