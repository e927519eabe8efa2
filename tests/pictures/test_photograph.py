from tasks.pictures.photograph import Photograph, hold_out


def photographs(*names):
    return [Photograph(name, name, "a photo", name, lambda: None) for name in names]


def names(found):
    return [p.name for p in found]


def test_named_photographs_are_held_out():
    learned, held = hold_out(photographs("cat", "dog", "cow"), ["d*", "fox"])
    assert names(learned) == ["cat", "cow"]
    assert names(held) == ["dog"]


def test_without_a_match_a_tenth_is_held_out_and_at_least_three():
    found = photographs(*(f"p{index:03d}" for index in range(60)))
    assert len(hold_out(found, ["x"])[1]) == 6
    assert len(hold_out(found[:10], ["x"])[1]) == 3
    assert len(hold_out(found[:4], ["x"])[1]) == 2


def test_the_choice_does_not_move_when_a_photograph_is_added():
    found = photographs(*(f"p{index:03d}" for index in range(40)))
    before, after = (set(names(hold_out(some, [])[1])) for some in (found[:39], found))
    assert len(before ^ after) <= 2


def frames(video, count):
    return [
        Photograph(f"{video}-{i}", video, "a photo", f"{video}{i}", lambda: None)
        for i in range(count)
    ]


def test_all_frames_of_a_video_stand_on_one_side():
    learned, held = hold_out([frame for name in "abcde" for frame in frames(name, 9)], [])
    assert not {p.group for p in learned} & {p.group for p in held}
    assert len({p.group for p in held}) == 2


def test_of_a_single_video_the_end_is_held_out():
    learned, held = hold_out(frames("a", 40), [])
    assert names(held) == ["a-36", "a-37", "a-38", "a-39"]
    assert len(learned) == 36
