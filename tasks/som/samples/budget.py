"""How many samples may be in memory at a time.

While a block is trained on, the next one is being read. A sample of n features of 4 bytes then
takes about

    b(n) = 36 n + 192 bytes:

its page and the block made of it on the reader's side (8n), the block in use as it was read and
standardised (8n), the distances' nodes (8n) and the sums' table (8n + 8) in double precision one
after the other, matches, distances and what the search keeps of each sample. What does not depend
on the block comes on top: three times the page of the store that is read at once (as stored,
decoded and cut), sums and weights of the nodes in double precision, and a base for the search's
scores and the allocator.
"""

from tasks.core.errors import InputError
from tasks.som.samples.source import BLOCK

MEBIBYTE = 1 << 20
BASE = 16 * MEBIBYTE
FEWEST = 1024
"""Samples a block, at least: fewer would be slow."""
COPIES = 10
"""Tables of nodes x features in double precision."""


def block(limit: int, features: int, nodes: int, page: int) -> int:
    """Return the number of samples a block under `limit` mebibytes; `page` is in bytes.

    Raises:
        InputError: the limit is too low; the line names the least.
    """
    fixed = BASE + 3 * page + COPIES * 8 * nodes * (features + 1)
    each = 36 * features + 192
    least = -(-(fixed + FEWEST * each) // MEBIBYTE)
    if limit < least:
        raise InputError(
            f"params.yaml: som.memory_limit: {limit} MiB is too low for {nodes} nodes and "
            f"{features} features; give at least {least}"
        )
    return min(BLOCK, (limit * MEBIBYTE - fixed) // each)


def held(limit: int, features: int, rows: int) -> bool:
    """Return whether all samples, as read and standardised, fit into half of `limit` mebibytes."""
    return 2 * 4 * rows * features <= limit * MEBIBYTE // 2
