import numpy as np

from tasks.base import curves


def test_points_cover_every_step_once():
    losses = np.random.default_rng(0).random(1234)
    points = curves.binned(losses.tolist())
    assert len(points) == curves.BINS
    assert points[-1]["step"] == 1234
    lengths = np.diff([0, *(point["step"] for point in points)])
    means = np.array([point["loss"] for point in points])
    np.testing.assert_allclose((lengths * means).sum(), losses.sum())


def test_pictures_do_not_depend_on_what_is_painted_after_them(tiny):
    captions = ["a red square", "green hills", "a blue circle"]
    few = curves.painted(tiny.model(), captions[:1])
    many = curves.painted(tiny.model(), captions)
    assert np.abs(many[0].astype(int) - few[0]).max() <= 1
    assert (many[1] != many[2]).any()


def test_too_few_pictures_have_no_distance(tiny, pictures):
    assert curves.distance(tiny.model(), ["a"], pictures[:1]) is None
    assert curves.round_trip(tiny.model(), pictures[:0]) is None


def test_the_distance_is_smaller_to_what_was_painted(tiny, pictures):
    captions = ["a red square", "green hills", "a blue circle"]
    painted = curves.painted(tiny.model(), captions)
    assert curves.distance(tiny.model(), captions, painted) < 1e-9
    assert curves.distance(tiny.model(), captions, pictures[:3]) > 1e-3
