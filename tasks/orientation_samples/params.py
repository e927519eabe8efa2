"""Parameters of the stage `orientation_samples`."""

from typing import Annotated, Literal

from pydantic import Field

from tasks.core.params import Section


class OrientationSamples(Section):
    """What is drawn from the phase model, and how."""

    samples: Annotated[
        int, Field(ge=2, description="free samples, and as many under held-out layouts")
    ]
    evaluations: Annotated[
        int, Field(ge=4, le=1000, description="of the network a sample; twice that under guidance")
    ]
    guidance: Annotated[float, Field(ge=0, le=30, description="1 is the plain conditional model")]
    layouts: Annotated[
        Literal["tensor", "impression"],
        Field(description="of photographs: by the structure tensor, or of their impressions"),
    ]
    side: Annotated[int, Field(ge=16, le=1024, description="of a rendered photograph, pixels")]
    clear: Annotated[
        float,
        Field(ge=0, le=1, description="coherence from which a photograph's cell steers"),
    ]
    branches: Annotated[int, Field(ge=2, le=4, description="children of each node of the tree")]
    shown: Annotated[int, Field(ge=1, le=64, description="pictures on a film strip, one a row")]
    frames: Annotated[int, Field(ge=2, le=64, description="moments on a film strip")]
