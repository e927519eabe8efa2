"""The main command: `python -m flows.pipeline` brings everything up to date, says what became of
each stage, and where to look.

DVC's graph is read first. Where nothing is out of date, nothing is started. Otherwise Prefect
walks the graph (`flows/walk.py`), with the server that is at hand or with one that lives as long
as the run.
"""

import argparse
import signal
import sys
from pathlib import Path

import flows
from flows import check, graph, report, server
from flows.report import Outcome
from tasks.core import project
from tasks.core.errors import InputError


def main() -> None:
    """Run the pipeline. The exit status is 0, or 1 after one line that says what is wrong."""
    arguments = _parser().parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        flows.configure(project.enter(arguments.root))
        check.inputs()
        problem = _run(arguments.force, arguments.workers)
    except InputError as error:
        problem = str(error)
    except KeyboardInterrupt:
        problem = "stopped"
    if problem:
        sys.exit(f"pipeline: {problem}")


def _run(force: bool, workers: int) -> str:
    """Return what went wrong, in one line; an empty text where nothing did."""
    stages = graph.read()
    if not force and not graph.to_run(stages):
        print(*report.lines(stages, dict.fromkeys(stages, Outcome(report.UP_TO_DATE))), sep="\n")
        return ""
    with server.serving() as url:  # Prefect reads where it is when it is imported, so not before
        if force or "pictures" in graph.to_run(stages):
            check.pictures()
        print(f"Prefect's pages: {url.removesuffix('/api')}", flush=True)
        from flows import walk

        state = walk.run(walk.Options(force=force, workers=workers))
    return "" if state.is_completed() else state.message or str(state.name)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m flows.pipeline", description="Bring every stage up to date."
    )
    parser.add_argument(
        "--force",
        action="store_true",
        help="run every stage, whether its inputs have changed or not",
    )
    parser.add_argument(
        "--workers",
        type=int,
        default=1,
        choices=range(1, 17),
        metavar="N",
        help="stages at a time, 1 to 16 (default 1: each takes all the threads that it is given)",
    )
    parser.add_argument(
        "--root", type=Path, help="the project's folder, where it is not the current one"
    )
    return parser


if __name__ == "__main__":
    main()
