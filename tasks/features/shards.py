"""Where shards end: after entries that say so themselves, wherever they stand.

An entry ends a shard if its digest, taken as a random number, is a multiple of m/2, m being the
most entries that a shard may have: about every m/2 entries. Where no entry has ended a shard of m,
it ends there. So one more entry, in the middle, changes the shard that it falls into (and those
after it up to the next end, where shards are full) and leaves all others what they are: their
results are reused.

Content-defined chunking: Muthitacharoen, Chen and Mazières, A low-bandwidth network file system,
SOSP 2001, section 3.
"""

from collections.abc import Iterator, Sequence


def cut(digests: Sequence[str], most: int) -> Iterator[slice]:
    """Yield the shards of entries with these digests (hexadecimal), in order, `most` entries each
    at most.
    """
    start = 0
    for stop, digest in enumerate(digests, start=1):
        ends = int(digest[:16], 16) % max(most // 2, 1) == 0
        if ends or stop - start == most or stop == len(digests):
            yield slice(start, stop)
            start = stop
