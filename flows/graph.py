"""The graph of stages, as DVC reads it from `dvc.yaml`. There is no other: a stage added to that
file is a stage of the pipeline.
"""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import networkx
from dvc.exceptions import DvcException
from dvc.repo import Repo
from dvc.scm import SCMError

from tasks.core.errors import InputError


@dataclass(frozen=True)
class Stage:
    """A stage: its name, the stages whose outputs it needs, its outputs, and whether it is out of
    date by itself.
    """

    name: str
    needs: tuple[str, ...]
    outs: tuple[Path, ...]
    stale: bool


def read() -> dict[str, Stage]:
    """Return the stages of the project in the current folder by name, each after those that it
    needs.

    Raises:
        InputError: DVC cannot read the project.
    """
    logging.getLogger("dvc.rwlock").setLevel(logging.ERROR)  # it warns of locks of killed runs
    try:
        with Repo(".", _wait_for_lock=True) as repo:
            stale = repo.status()
            graph = repo.index.graph
            return {
                node.addressing: _stage(node, graph, stale)
                for node in networkx.dfs_postorder_nodes(graph)
            }
    except SCMError:
        raise InputError(
            f"{Path.cwd()}: not in git, which DVC records results beside; run: git init"
        ) from None
    except DvcException as error:
        raise InputError(f"dvc.yaml: {' '.join(str(error).split())}") from None


def _stage(node: Any, graph: networkx.DiGraph, stale: dict[str, Any]) -> Stage:
    needs = tuple(sorted(other.addressing for other in graph.successors(node)))
    outs = tuple(Path(str(out)) for out in node.outs)
    return Stage(node.addressing, needs, outs, node.addressing in stale)


def to_run(stages: dict[str, Stage]) -> set[str]:
    """Return the names of the stages that are out of date, or that come after one that is."""
    found: set[str] = set()
    for stage in stages.values():
        if stage.stale or found.intersection(stage.needs):
            found.add(stage.name)
    return found
