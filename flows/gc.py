"""Free the items that nothing needs: `python -m flows.gc --dry-run` says which, and how many
bytes; without `--dry-run` they are removed.

An item stays if a forced run of the current parameters, code and inputs would look it up, and
where that is in doubt (`flows/retention.py`). DVC's own cache is freed by `dvc gc`.
"""

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from flows import graph, report
from flows.graph import Stage
from flows.retention import Rule, rule
from tasks.core import items, locks, params, project, uses
from tasks.core.errors import InputError

DAY = 86400.0


@dataclass(frozen=True)
class Item:
    """An item that lies in the store: its bytes, and when it was made or last needed."""

    key: str
    size: int
    used: float


def here() -> Iterator[Item]:
    """Yield the items in this machine's folder."""
    for place in items.place().folder.glob("??/*"):
        if place.is_dir() and place.suffix != ".tmp":
            files = [path.stat() for path in place.rglob("*") if path.is_file()]
            yield Item(place.name, sum(each.st_size for each in files), place.stat().st_mtime)


def there() -> Iterator[Item]:
    """Yield the items in the bucket, if items are kept in one."""
    bucket = items.place().bucket
    if bucket is not None:
        yield from (Item(*found) for found in bucket.sizes())


def free(found: list[Item], kept: Rule, since: float) -> dict[str, list[Item]]:
    """Return what goes, by stage: items that the rule does not keep, and that were made and last
    needed before `since`.
    """
    going: dict[str, list[Item]] = defaultdict(list)
    for item in found:
        if item.used < since and not kept.keeps(item.key):
            going[kept.owner(item.key)].append(item)
    return dict(sorted(going.items()))


def lines(
    going: Mapping[str, list[Item]], found: list[Item], doubts: Mapping[str, str], *, dry: bool
) -> Iterator[str]:
    """Yield what is told: a line per stage, one per stage that is not settled, and the sum."""
    for name, each in going.items():
        yield f"{name}: {_sum(each)}"
    for name, doubt in doubts.items():
        yield f"{name}: keeps all its items: {doubt}"
    gone = [item for each in going.values() for item in each]
    yield f"{'would free' if dry else 'freed'} {_sum(gone)} of {_sum(found)}"


def _sum(found: list[Item]) -> str:
    return f"{len(found)} items, {report.amount(sum(item.size for item in found))}"


def collect(stages: Mapping[str, Stage], *, days: float, shared: bool, dry: bool) -> None:
    """Free what may go, and print what that is."""
    copies, remote = list(here()), list(there())
    kept = rule(stages, {item.key for item in [*copies, *remote]})
    found = [*copies, *remote] if shared else copies
    going = free(found, kept, time.time() - days * DAY)
    if not dry:
        gone = {item.key for each in going.values() for item in each}
        for item in gone:
            items.discard(item) if shared else items.drop(item)
        _forget(kept, {item.key for item in found} - gone)
        items.clear_drafts()
    print(*lines(going, found, kept.doubts(stages), dry=dry), sep="\n")


def _forget(kept: Rule, left: set[str]) -> None:
    """Remove the records of settled stages that are not the current ones and have no item left of
    their own. Back at their inputs, the stage is not settled until it has run.
    """
    for record in uses.records():
        current = kept.current.get(record.stage)
        own = (record.needed | record.within) - kept.needed
        if current not in (None, record) and not left & own:
            uses.forget(record)


def main() -> None:
    """Run the command: exit status 0, or 1 after one line about the user's mistake."""
    asked = _parser().parse_args()
    try:
        root = project.enter(asked.root)
        items.configure(params.load("items").root)
        if _elsewhere(root) and not asked.shared:
            raise InputError(
                f"items.root: {items.place().folder} lies outside this project, whose runs alone "
                "are known; where no other project keeps items there, give --shared"
            )
        with ExitStack() as held:
            for name in ("pipeline", *graph.read()):
                held.enter_context(locks.only_writer(name))
            collect(graph.read(), days=asked.keep_days, shared=asked.shared, dry=asked.dry_run)
    except InputError as error:
        sys.exit(f"gc: {error}")
    except KeyboardInterrupt:
        sys.exit("gc: stopped")


def _elsewhere(root: Path) -> bool:
    return not items.place().folder.resolve().is_relative_to(root)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m flows.gc", description="Free the items that nothing needs."
    )
    add = parser.add_argument
    add("--dry-run", action="store_true", help="say what would be freed, and free nothing")
    add(
        "--keep-days",
        type=float,
        default=0.0,
        metavar="N",
        help="leave what was made or needed in the last N days (default 0)",
    )
    add(
        "--shared",
        action="store_true",
        help="free the bucket, too, or a folder elsewhere: it must be this project's alone",
    )
    add("--root", type=Path, help="the project's folder, where it is not the current one")
    return parser


if __name__ == "__main__":
    main()
