"""Plots."""

import numpy as np
import pytest
from PIL import Image

from tasks.evaluation import plots


@pytest.fixture
def drawing():
    return plots.curve([0, 50], {"r": [0.1, 0.9]}, xlabel="step", ylabel="r")


def test_a_plot_is_drawn_for_light_and_for_dark_pages_at_its_size(tmp_path, drawing):
    plots.save(tmp_path, "plot", (3, 2), drawing)
    for theme in plots.THEMES:
        image = Image.open(tmp_path / f"plot-{theme.suffix}.png")
        assert image.size == (3 * plots.DOTS, 2 * plots.DOTS)
        assert "#{:02x}{:02x}{:02x}".format(*image.convert("RGB").getpixel((0, 0))) == theme.paper


def test_the_same_figures_give_the_same_bytes_without_a_trace_of_the_program(tmp_path, drawing):
    for name in ("one", "other"):
        plots.save(tmp_path, name, (3, 2), drawing)
    data = (tmp_path / "one-light.png").read_bytes()
    assert data == (tmp_path / "other-light.png").read_bytes()
    assert b"Software" not in data
    assert b"tEXt" not in data


def test_drawing_leaves_the_settings_of_others_alone(tmp_path, drawing):
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    plots.save(tmp_path, "plot", (3, 2), drawing)
    assert dict(mpl.rcParams) == before


def test_borders_run_between_nodes_of_different_basins():
    cluster = np.array([[0, 0, 1], [0, 2, 1]])
    lines = {(tuple(x), tuple(y)) for x, y in plots.borders(cluster)}
    assert lines == {
        ((1.5, 1.5), (-0.5, 0.5)),
        ((0.5, 0.5), (0.5, 1.5)),
        ((1.5, 1.5), (0.5, 1.5)),
        ((0.5, 1.5), (0.5, 0.5)),
    }
