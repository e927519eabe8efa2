from collections import Counter
from itertools import pairwise

from tasks.base.byte_pairs import merges


def naive(words, suffix, number):
    """Count all pairs anew before every merge."""
    spelled = {word: [*word[:-1], word[-1] + suffix] for word in words}
    found = []
    for _ in range(number):
        counts = Counter()
        for word, spelling in spelled.items():
            for pair in pairwise(spelling):
                counts[pair] += words[word]
        if not counts:
            break
        best = min(counts, key=lambda pair: (-counts[pair], pair))
        found.append(best)
        for word, spelling in spelled.items():
            text = "\0".join(["", *spelling, ""])
            joined = text.replace(f"\0{best[0]}\0{best[1]}\0", f"\0{''.join(best)}\0")
            while joined != text:
                text = joined
                joined = text.replace(f"\0{best[0]}\0{best[1]}\0", f"\0{''.join(best)}\0")
            spelled[word] = text.strip("\0").split("\0")
    return found


WORDS = {"banana": 4, "bandana": 2, "ananas": 3, "nab": 1, "aaaa": 2, "aa": 5, "x": 9}


def test_merges_equal_those_of_counting_anew():
    assert merges(WORDS, [], "</w>", 10**6) == naive(WORDS, "</w>", 10**6)


def test_merges_stop_at_the_size():
    alphabet = {"a", "b", "n", "d", "a</w>", "b</w>", "s</w>", "x</w>"}
    assert merges(WORDS, [], "</w>", len(alphabet) + 3) == naive(WORDS, "</w>", 3)


def test_the_order_of_words_does_not_matter():
    assert merges(dict(reversed(WORDS.items())), [], "", 20) == merges(WORDS, [], "", 20)


def test_no_words_give_no_merges():
    assert merges({}, ["a"], "", 100) == []
