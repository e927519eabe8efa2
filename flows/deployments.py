"""The deployments: what may be started from Prefect's pages, each with a form for its parameters,
or by the clock.
"""

from dataclasses import dataclass

NIGHTLY = "0 3 * * *"


@dataclass(frozen=True)
class Deployment:
    """A flow, as "module:function", under a name; one with `hours` (cron) has a schedule, which
    sleeps until somebody wakes it on the page.
    """

    flow: str
    name: str
    description: str
    hours: str | None = None


DEPLOYMENTS = (
    Deployment("flows.walk:pipeline", "main-job", "Bring every stage up to date.", NIGHTLY),
    Deployment(
        "flows.retraining:retraining",
        "new-numbers",
        "Train parts anew with other numbers, which are written into params.yaml, and make what "
        "follows from them.",
    ),
    Deployment("flows.shots:film", "shots", "Make the clips of a table of shots."),
)
