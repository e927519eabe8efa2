"""What Prefect's pages show of a run besides its graph: the table of stages, the graph as text,
how far the run is, and the pictures that it ends in.
"""

from collections.abc import Callable, Mapping

from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.events.worker import EventsWorker

from flows import contact_sheet, report
from flows.graph import Stage
from flows.report import Outcome


def counter(total: int) -> Callable[[], None]:
    """Return a function to call once per finished stage."""
    artifact = create_progress_artifact(
        progress=0.0, key="pipeline-progress", description=f"{total} stages"
    )
    done = 0

    def advance() -> None:
        nonlocal done
        done += 1
        update_progress_artifact(artifact, progress=100.0 * done / total)  # pyright: ignore[reportArgumentType]

    return advance


def publish(stages: Mapping[str, Stage], outcomes: Mapping[str, Outcome]) -> None:
    """Show the stages that have ended as a table, the whole graph, and the pictures of those
    stages that no other one needs.
    """
    ended = {name: stage for name, stage in stages.items() if name in outcomes}
    create_table_artifact(
        report.table(ended, outcomes),
        key="pipeline-stages",
        description="What became of each stage",
    )
    create_markdown_artifact(
        markdown(stages), key="pipeline-graph", description="The graph of dvc.yaml"
    )
    inner = {need for stage in stages.values() for need in stage.needs}
    places = [out for name, stage in stages.items() if name not in inner for out in stage.outs]
    contact_sheet.publish(places, "pipeline-pictures", "The pictures that it ends in")


def markdown(stages: Mapping[str, Stage]) -> str:
    """Return the graph as a list: each stage with those that it needs."""
    return "\n".join(
        f"- **{stage.name}**" + (f" ← {', '.join(stage.needs)}" if stage.needs else "")
        for stage in stages.values()
    )


def settle() -> None:
    """Send what is still on its way to the server."""
    EventsWorker.drain_all(timeout=5)
