"""Byte-pair encoding: which pairs of symbols to merge, in which order.

Words are sequences of symbols, at first single characters, the last of which carries a mark. The
pair of neighbouring symbols that occurs most often in all words is merged into one symbol, and so
on (Sennrich, Haddow & Birch 2016, arXiv:1508.07909, algorithm 1). Of equally frequent pairs the
first in alphabetical order is merged, so that the same words always give the same merges.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise

Pair = tuple[str, str]


def merges(words: Mapping[str, int], symbols: Iterable[str], suffix: str, size: int) -> list[Pair]:
    """Return merges, first to last, until `size` different symbols exist, `symbols` included, or
    every word is one symbol; `words` are given with their counts.

    >>> merges({"low": 5, "lower": 2}, [], "", 7)
    [('l', 'o'), ('lo', 'w')]
    """
    spelled = {word: [*word[:-1], word[-1] + suffix] for word in sorted(words)}
    known = set(symbols) | {symbol for spelling in spelled.values() for symbol in spelling}
    counts, places = Counter[Pair](), defaultdict[Pair, set[str]](set)
    for word, spelling in spelled.items():
        _count(word, spelling, words[word], counts, places)
    found: list[Pair] = []
    while len(known) < size and counts:
        best = min(counts, key=lambda pair: (-counts[pair], pair))
        found.append(best)
        known.add("".join(best))
        for word in list(places[best]):
            _count(word, spelled[word], -words[word], counts, places)
            spelled[word] = _merge(spelled[word], best)
            _count(word, spelled[word], words[word], counts, places)
    return found


def _count(
    word: str,
    spelling: list[str],
    times: int,
    counts: Counter[Pair],
    places: dict[Pair, set[str]],
) -> None:
    """Add the word's pairs, `times` each; a negative number takes them away."""
    for pair in pairwise(spelling):
        counts[pair] += times
        if counts[pair] <= 0:
            del counts[pair]
        (places[pair].add if times > 0 else places[pair].discard)(word)


def _merge(spelling: list[str], pair: Pair) -> list[str]:
    merged, at = list[str](), 0
    while at < len(spelling):
        together = tuple(spelling[at : at + 2]) == pair
        merged.append("".join(pair) if together else spelling[at])
        at += 2 if together else 1
    return merged
