"""The section `controlnet` of params.yaml."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from tasks.core.params import Section

Share = Annotated[float, Field(ge=0, lt=1)]


class Sampling(Section):
    """How the pictures of the curve are painted."""

    scheduler: Literal["unipc", "dpm", "deis", "ddim", "euler"]
    num_inference_steps: Annotated[int, Field(ge=1, le=1000)]
    guidance_scale: Annotated[float, Field(ge=0, le=30)]


class Controlnet(Section):
    """How the ControlNet learns, and on what it is judged."""

    branch: Annotated[
        Literal["controlnet", "light"],
        Field(description="what reads the map: a copy of the encoder, or a small tower"),
    ]
    steps: Annotated[int, Field(ge=0, le=10_000_000, description="training steps")]
    batch: Annotated[int, Field(ge=1, le=65536, description="pictures a step")]
    accumulation: Annotated[
        int, Field(ge=1, le=4096, description="batches whose gradients make one step")
    ]
    precision: Annotated[
        Literal["float32", "bfloat16"],
        Field(description="what the loss is computed in; weights stay float32"),
    ]
    learning_rate: Annotated[float, Field(gt=0, lt=1)]
    schedule: Annotated[
        Literal["falling", "cosine", "constant"],
        Field(description="of the learning rate, after the warm-up"),
    ]
    new_layers_factor: Annotated[
        float,
        Field(
            ge=1,
            le=100,
            description="how much faster the layers learn that the base model does not have",
        ),
    ]
    warm_up: Annotated[int, Field(ge=0, description="steps over which the learning rate rises")]
    averaging: Annotated[
        float, Field(ge=0, lt=1, description="decay of the running average of the weights, a step")
    ]
    caption_drop: Annotated[Share, Field(description="share of the captions that are left out")]
    condition_drop: Annotated[Share, Field(description="share of the maps that are left out")]
    consistency: Annotated[
        float,
        Field(
            ge=0, le=100, description="weight of the loss on the re-extracted impression; 0 is off"
        ),
    ]
    logit_mean: Annotated[
        float,
        Field(ge=-5, le=5, description="mean of logit σ over the training steps; flows only"),
    ]
    mirror: Annotated[bool, Field(description="learn from the pictures' mirror images, too")]
    embedding: Annotated[
        list[Annotated[int, Field(ge=1)]],
        Field(
            min_length=1,
            description="channels of the condition embedding, from the picture's scale down",
        ),
    ]
    checkpoint: Annotated[
        int,
        Field(ge=1, description="steps between the checkpoints that a cut training goes on from"),
    ]
    curve: Annotated[
        list[Annotated[int, Field(ge=0)]],
        Field(min_length=1, description="steps at which the fidelity is measured"),
    ]
    validation: Annotated[
        int,
        Field(
            ge=1,
            description="held-out scenes, the first ones, that it is measured on",
        ),
    ]
    shown: Annotated[
        int, Field(ge=0, le=64, description="painted pictures kept of every point of the curve")
    ]
    sampling: Sampling
    tensorboard: Annotated[
        str | None,
        Field(description="folder for TensorBoard, where that is installed; changes no result"),
    ]

    @model_validator(mode="after")
    def _curve_ends_with_the_training(self) -> "Controlnet":
        if sorted(set(self.curve)) != self.curve or self.curve[-1] != self.steps:
            raise ValueError(f"curve must rise and end at steps = {self.steps}")
        return self
