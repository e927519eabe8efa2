"""Parameters of the stage `som`."""

from typing import Annotated, Any

from pydantic import Field, field_validator, model_validator

from tasks.core import registry
from tasks.core.params import Section
from tasks.som.codebook import lattice
from tasks.som.registry import DECAYS, INITIALISATIONS, NEIGHBOURHOODS
from tasks.som.samples.growth import Schedule
from tasks.som.search.best_matching_units import Method
from tasks.som.training import refuse_collapse

Width = Annotated[float, Field(ge=1e-3, le=4096, allow_inf_nan=False)]


class Sigma(Section):
    """Width of the neighbourhood, in steps of the lattice."""

    start: Annotated[Width, Field(description="in the first epoch")]
    end: Annotated[Width, Field(description="in the last epoch")]

    @model_validator(mode="after")
    def _shrinks(self) -> "Sigma":
        if self.end > self.start:
            raise ValueError(
                f"end is {self.end}, above start {self.start}; the width must not grow"
            )
        return self


class Som(Section):
    """The map, its training and its clusters."""

    rows: Annotated[int, Field(ge=1, le=1024, description="nodes along the first axis")]
    cols: Annotated[int, Field(ge=1, le=1024, description="nodes along the second axis")]
    topology: Annotated[dict[str, Any], Field(description="choice: the lattice")]
    neighbourhood: Annotated[
        dict[str, Any], Field(description="choice: the shape of the neighbourhood")
    ]
    initialisation: Annotated[dict[str, Any], Field(description="choice: where the nodes start")]
    epochs: Annotated[int, Field(ge=1, le=10_000, description="applications of the batch rule")]
    sigma: Sigma
    decay: Annotated[dict[str, Any], Field(description="choice: how the width shrinks")]
    clusters: Annotated[
        int, Field(ge=1, description="basins of the U-matrix that are kept, at most")
    ]
    samples: Annotated[
        int,
        Field(
            ge=1, le=2**40, description="cells that are trained on, at most; all from split train"
        ),
    ]
    sample_schedule: Annotated[
        Schedule,
        Field(description="full: every epoch sees all samples; grow: from 1/32 of them to all"),
    ]
    memory_limit: Annotated[
        int,
        Field(
            ge=1,
            le=2**20,
            description="MiB for samples and sums, beyond the program's own; changes no result",
        ),
    ]
    bmu: Annotated[
        Method,
        Field(description="search of best matching units; pruned leaves out nodes out of reach"),
    ]
    exact: Annotated[
        bool,
        Field(description="decide near ties in double precision, alike on every device"),
    ]

    @field_validator("neighbourhood")
    @classmethod
    def _is_a_neighbourhood(cls, choice: dict[str, Any]) -> dict[str, Any]:
        registry.build(NEIGHBOURHOODS, choice, what="neighbourhood")
        return choice

    @field_validator("initialisation")
    @classmethod
    def _is_a_start(cls, choice: dict[str, Any]) -> dict[str, Any]:
        if choice.get("name") == "array":
            raise ValueError("array is for the class SOM; here take pca, sample or random")
        registry.build(INITIALISATIONS, choice, what="initialisation")
        return choice

    @field_validator("decay")
    @classmethod
    def _is_a_decay(cls, choice: dict[str, Any]) -> dict[str, Any]:
        registry.build(DECAYS, choice, what="decay")
        return choice

    @model_validator(mode="after")
    def _fits_the_lattice(self) -> "Som":
        grid = lattice(self.topology, self.rows, self.cols)
        pull = registry.build(NEIGHBOURHOODS, self.neighbourhood, what="neighbourhood")
        refuse_collapse(grid, pull, self.sigma.start)
        if self.clusters > self.rows * self.cols:
            raise ValueError(
                f"clusters is {self.clusters}, more than the {self.rows * self.cols} nodes; "
                "ask for fewer"
            )
        return self
