"""The comparison of arms: its file is what a later run goes on from, and no other is."""

import json

import pytest

from tasks.core.errors import InputError
from tests.benchmarks import orientation_arms as arms
from tests.benchmarks import orientation_cells as cells
from tests.benchmarks import orientation_store as store
from tests.benchmarks.orientation_cells import Cell
from tests.benchmarks.orientation_goals import ALL, goals
from tests.benchmarks.orientation_table import table

CELL = Cell("prints", "ours", 0, "quick")


def figures(value: float, ways: tuple[str, ...] = ("chain", "flow")) -> dict:
    found = {**dict.fromkeys(ALL, value), "deviation": 0.5}
    drawn = {f"{way} {count}": found for way in ways for count in (100, 20)}
    return {"train": 3.0, "floor": dict.fromkeys(ALL, 0.01), "drawn": drawn}


def test_a_later_run_does_what_is_missing(tmp_path):
    file, wanted = tmp_path / "made" / "figures.json", list(cells.order(["prints"], 1))
    found = store.read(file)
    store.check(file, found, {"prints": "a"})
    store.add(found, CELL, figures(0.1))
    store.write(file, found)
    again = store.read(file)
    assert again["cells"] == found["cells"]
    assert store.missing(again, wanted) == [cell for cell in wanted if cell != CELL]
    with pytest.raises(InputError, match="its set prints was of other pictures"):
        store.check(file, again, {"prints": "b"})


def test_figures_of_another_setting_are_refused_in_one_line_and_stay(tmp_path):
    file = tmp_path / "figures.json"
    found = store.read(file)
    found["setting"]["samples"] = 3
    store.write(file, found)
    before = file.read_bytes()
    with pytest.raises(InputError, match=r"figures\.json: samples is 3, here it is 64; name"):
        store.read(file)
    assert file.read_bytes() == before
    file.write_text(json.dumps({"cells": []}))
    with pytest.raises(InputError, match=r"figures\.json: no figures \(KeyError\)"):
        store.read(file)


def test_every_seed_and_set_is_whole_before_the_next():
    order = list(cells.order(["prints", "general"], 2))
    assert len(order) == len(set(order))
    compared = [cell for cell in order if cell.budget != "middle"]
    assert len(compared) == 2 * 2 * 2 * len(arms.ARMS)
    places = [(cell.seed, cell.data) for cell in compared]
    assert places == sorted(places, key=lambda place: (place[0], place[1] != "prints"))
    assert {cell.arm for cell in order if cell.budget == "middle"} >= set(arms.SWEEP)


@pytest.mark.parametrize("name", [*arms.ARMS, *arms.SWEEP])
def test_every_arm_sends_as_many_noisy_pictures_through_the_network(name):
    chosen = {**arms.ARMS, **arms.SWEEP}[name]
    arm = chosen.arm() if hasattr(chosen, "arm") and callable(chosen.arm) else chosen
    each = arms.draws(arm)
    assert cells.NOISY - each < each * (cells.NOISY // each) <= cells.NOISY
    assert (each == 5) == name.startswith("paper")


def test_the_best_isotropic_arm_is_what_ours_is_held_against():
    found = store.read(None)
    store.add(found, CELL, figures(0.1))
    store.add(found, Cell("prints", "uncoupled", 0, "quick"), figures(0.2))
    store.add(found, Cell("prints", "flow matching", 0, "quick"), figures(0.2, ("flow",)))
    store.add(found, Cell("prints", "DDPM", 0, "quick"), figures(0.08, ("ddim",)))
    said = "\n".join(goals(found["cells"]))
    assert said.count("| quick, prints | ours,") == 2
    assert "| 1 | 1.25 | 1.25 | 1.25 | 1.25 | 1.25 | 1.25 | no, no, no |" in said
    assert "| quick, prints | ours | 4 |" + " 4, 0.50 |" * len(ALL) in said
    store.add(found, Cell("prints", "ours", 1, "quick"), figures(0.3))
    assert "| ours, flow, 20 | 2 | 3 | 0.200 ± 0.141 |" in table(found["cells"], ALL)
