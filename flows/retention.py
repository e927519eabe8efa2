"""The rule by which items stay.

An item stays if a forced run of the current parameters, code and inputs would look it up. What a
run looks up is known from the run before it with the same inputs (`tasks/core/uses.py`). The rule:

* A stage is *settled* if it and every stage before it are up to date, as DVC says, and there is a
  record of a run with exactly its current inputs.
* Of a settled stage, the items that this record needs stay. If one of them is missing, those that
  were used within others stay as well: the run that makes it anew would look them up.
* Of every other stage, all items of all records stay.
* An item of no record (a run was cut short) stays as long as one stage is not settled.

So where in doubt an item stays.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flows import graph
from flows.graph import Stage
from tasks.core import inputs, uses
from tasks.core.uses import Record

UNKNOWN = "runs cut short"
STALE = "it is out of date; python -m flows.pipeline brings it up to date"
UNRECORDED = "no run with its inputs is on record; python -m flows.pipeline --force records one"


@dataclass(frozen=True)
class Rule:
    """What stays: the keys that are needed, and all items of stages without a current record;
    those of no record, unless `everything` is settled.
    """

    needed: frozenset[str]
    owners: Mapping[str, frozenset[str]]
    current: Mapping[str, Record]
    everything: bool

    def keeps(self, item: str) -> bool:
        """Return whether the item stays."""
        if item in self.needed:
            return True
        owners = self.owners.get(item, frozenset())
        return not (owners <= set(self.current) if owners else self.everything)

    def owner(self, item: str) -> str:
        """Return the name of the stage that the item belongs to."""
        return ", ".join(sorted(self.owners.get(item, ()))) or UNKNOWN

    def doubts(self, stages: Mapping[str, Stage]) -> dict[str, str]:
        """Return why a stage is not settled and how to settle it, for each that is not."""
        moving = graph.to_run(dict(stages))
        return {
            name: STALE if name in moving else UNRECORDED
            for name in stages
            if name not in self.current
        }


def rule(stages: Mapping[str, Stage], there: Iterable[str]) -> Rule:
    """Return the rule for the project as it stands; `there` are the keys of all items."""
    records, found = uses.records(), frozenset(there)
    owners: dict[str, set[str]] = defaultdict(set)
    for record in records:
        for item in record.needed | record.within:
            owners[item].add(record.stage)
    current = _current(stages, records)
    needed = [_needed(record, found) for record in current.values()]
    return Rule(
        frozenset().union(*needed),
        {item: frozenset(names) for item, names in owners.items()},
        current,
        everything=set(current) == set(stages),
    )


def _current(stages: Mapping[str, Stage], records: list[Record]) -> dict[str, Record]:
    """Return the record of each settled stage."""
    known = {(record.stage, record.inputs): record for record in records}
    moving = graph.to_run(dict(stages))
    current: dict[str, Record] = {}
    for name in stages:
        if name not in moving and inputs.known(name):
            record = known.get((name, inputs.digest(name)))
            if record is not None:
                current[name] = record
    return current


def _needed(record: Record, there: frozenset[str]) -> frozenset[str]:
    return record.needed if record.needed <= there else record.needed | record.within
