"""The order in which sources take turns."""

from tasks.impressions.turns import by_turns


def test_each_source_shows_one_picture_before_any_shows_its_second():
    sources = ["a", "a", "a", "b", "c", "b"]
    assert [sources[index] for index in by_turns(sources)] == ["a", "b", "c", "a", "b", "a"]
    assert by_turns(sources).tolist() == [0, 3, 4, 1, 5, 2]


def test_no_pictures_take_no_turns():
    assert by_turns([]).tolist() == []
