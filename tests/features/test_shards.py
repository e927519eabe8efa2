"""Shards that end where their contents say."""

import hashlib

from tasks.features.shards import cut

DIGESTS = [hashlib.sha256(bytes([n % 256, n // 256])).hexdigest() for n in range(3000)]
MOST = 32


def shards(digests: list[str]) -> list[tuple[str, ...]]:
    return [tuple(digests[part]) for part in cut(digests, MOST)]


def test_shards_are_all_entries_in_order_and_none_is_too_large():
    found = shards(DIGESTS)
    assert [digest for shard in found for digest in shard] == DIGESTS
    assert all(0 < len(shard) <= MOST for shard in found)
    assert 3000 / MOST < len(found) < 3 * 3000 / MOST


def test_one_more_entry_anywhere_changes_few_shards():
    before, fresh = set(shards(DIGESTS)), []
    for place in range(0, 3000, 30):
        after = shards([*DIGESTS[:place], "ab" * 32, *DIGESTS[place:]])
        fresh.append(len(set(after) - before))
    assert min(fresh) == 1
    assert sum(fresh) / len(fresh) < 1.5


def test_alike_entries_fill_their_shards():
    assert [part.stop for part in cut(["1" * 64] * 20, 8)] == [8, 16, 20]
    assert list(cut([], 3)) == []
