import numpy as np

from tasks.core import random
from tasks.pictures import cutting


def test_the_central_square_is_central():
    pixels = np.zeros((10, 30, 3), np.uint8)
    pixels[:, 10:20] = 255
    assert (cutting.central_square(pixels, 10) == 255).all()


def test_crops_repeat_themselves_and_stay_inside():
    pixels = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)

    def cut():
        return list(cutting.random_squares(pixels, 16, 20, random.generator(1, "crop")))

    first, second = cut(), cut()
    assert all(
        (a == b).all() and close == other
        for (a, close), (b, other) in zip(first, second, strict=True)
    )
    assert {square.shape for square, _ in first} == {(16, 16, 3)}
    assert {close for _, close in first} == {True, False}


def test_a_picture_of_one_pixel_can_be_cut():
    pixels = np.full((1, 1, 3), 77, np.uint8)
    assert (cutting.central_square(pixels, 8) == 77).all()
    assert all(
        (square == 77).all()
        for square, _ in cutting.random_squares(pixels, 8, 3, random.generator(1))
    )
