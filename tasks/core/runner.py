"""Runners, by name: what computes the parts of a stage. Whichever does, the results are the same,
byte for byte.
"""

from pydantic import ConfigDict, model_validator

from tasks.core.params import Section
from tasks.core.registry import build

RUNNERS = {
    "threads": "tasks.core.threads:Threads",
    "dask": "tasks.core.cluster:Dask",
}


class Runner(Section):
    """What computes the parts of a stage: a name, and the fields of that runner."""

    model_config = ConfigDict(extra="allow")
    name: str

    @model_validator(mode="after")
    def _is_registered(self) -> "Runner":
        build(RUNNERS, self.model_dump(), what="name")
        return self
