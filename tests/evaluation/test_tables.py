"""Tables of figures."""

from tasks.evaluation.tables import pairs, table

ROWS = {
    "none": {"r": 0.4, "error": 12.0},
    "control": {"r": 0.9, "error": 6.0},
    "ceiling": {"r": 0.99, "error": 1.0},
}


def marked(found) -> list[tuple[str, str]]:
    """Return row and text of every figure that is marked as the best."""
    return [(name, cell.text) for name, cells in found.rows for cell in cells if cell.best]


def test_the_best_of_each_column_is_marked():
    found = table("t", "mode", ROWS, lower={"error"})
    assert marked(found) == [("ceiling", "0.990"), ("ceiling", "1.000")]


def test_rows_that_do_not_compete_are_not_marked():
    found = table("t", "mode", ROWS, lower={"error"}, unranked=["ceiling"])
    assert marked(found) == [("control", "0.900"), ("control", "6.00")]


def test_columns_that_are_not_ranked_carry_no_mark():
    assert marked(table("t", "mode", ROWS, ranked=())) == []


def test_a_missing_figure_is_a_dash_and_never_the_best():
    found = table("t", "mode", {"a": {"r": 0.5}, "b": {"s": 0.5}, "c": {"r": 0.1}})
    texts = {name: [cell.text for cell in cells] for name, cells in found.rows}
    assert texts == {"a": ["0.500", "–"], "b": ["–", "0.500"], "c": ["0.100", "–"]}
    assert marked(found) == [("a", "0.500")]


def test_pairs_leave_out_what_is_not_there():
    assert pairs({"a": 0.5, "b": None}, ["b", "a", "c"], {"a": "A"}) == [("A", "0.500")]
