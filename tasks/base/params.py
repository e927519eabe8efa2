"""The section `base` of params.yaml."""

from typing import Annotated

from pydantic import Field, model_validator

from tasks.core.params import Section

Count = Annotated[int, Field(ge=1, le=10_000_000)]
Rate = Annotated[float, Field(gt=0, lt=1)]
Channels = Annotated[int, Field(ge=16, le=4096, multiple_of=16)]


class Scratch(Section):
    """How a base model is trained from nothing; read only where `model` is scratch."""

    pictures: Annotated[int, Field(ge=2, description="training pictures, at most")]
    latents: Annotated[int, Field(ge=1, le=48, description="numbers per cell of 8 x 8 pixels")]
    decoder_blocks: Annotated[
        list[Annotated[int, Field(ge=0, le=16)]],
        Field(min_length=4, max_length=4, description="residual blocks, coarsest scale first"),
    ]
    channels: Annotated[
        list[Channels],
        Field(min_length=2, max_length=5, description="of the U-Net, finest scale first"),
    ]
    text_width: Annotated[int, Field(ge=16, le=1024, multiple_of=16)]
    text_layers: Annotated[int, Field(ge=1, le=48)]
    tokens: Annotated[int, Field(ge=256, le=100_000, description="size of the vocabulary")]
    caption_length: Annotated[int, Field(ge=4, le=1024, description="tokens of a caption")]
    decoder_steps: Annotated[Count, Field(description="training steps of the decoder")]
    decoder_batch: Annotated[int, Field(ge=1, le=65536, description="crops a step")]
    decoder_rate: Annotated[Rate, Field(description="learning rate of the decoder")]
    texture: Annotated[
        float, Field(ge=0, le=10, description="weight of the amount of grain in its loss")
    ]
    steps: Annotated[Count, Field(description="training steps of the U-Net")]
    batch: Annotated[int, Field(ge=1, le=65536, description="pictures a step")]
    rate: Annotated[Rate, Field(description="learning rate of the U-Net")]
    warm_up: Annotated[int, Field(ge=0, description="steps over which the rates rise")]
    averaging: Annotated[
        float, Field(ge=0, lt=1, description="decay of the average of the weights, a step")
    ]
    checkpoint: Annotated[
        Count, Field(description="steps between the states that a cut training goes on from")
    ]

    @model_validator(mode="after")
    def _warms_up_within(self) -> "Scratch":
        if self.warm_up >= min(self.steps, self.decoder_steps):
            raise ValueError("warm_up must be below steps and decoder_steps")
        return self


class Base(Section):
    """Which base model, and how it is trained where it is to be."""

    model: Annotated[
        str,
        Field(
            min_length=1,
            pattern=r"^\S(.*\S)?$",
            description="embedded, scratch, an existing folder, or a hub id (owner/name@revision)",
        ),
    ]
    seed: Annotated[int, Field(ge=0, lt=2**63, description="the seed of scratch")]
    scratch: Scratch
