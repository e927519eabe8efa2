"""The section `video` of params.yaml."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from tasks.conditioning.registry import mode
from tasks.core import registry
from tasks.core.params import Section
from tasks.kuramoto.field import Dynamics
from tasks.kuramoto.registry import COUPLINGS, FREQUENCIES, INTEGRATORS
from tasks.video.registry import FORMATS, FRAMES, MOTIONS

Choice = dict[str, Any]


class Steadying(Section):
    """See `tasks.video.takes.steadying`."""

    strength: Annotated[float, Field(gt=0, le=0.5)]
    likeness: Annotated[float, Field(gt=0, description="in units of the impression's values")]
    iterations: Annotated[int, Field(ge=0, le=8, description="frames to either side")]


class Video(Section):
    """What moves, how it is painted, and how it is written."""

    frames: Annotated[int, Field(ge=5, le=100_000, description="frames of a clip")]
    rate: Annotated[int, Field(ge=1, le=240, description="frames a second")]
    cycles: Annotated[int, Field(ge=1, le=1000, description="turns of the phases in a clip")]
    size: Annotated[
        int, Field(ge=1, le=8192, description="shorter side of clips of files, pixels")
    ]
    segment: Annotated[int, Field(ge=1, le=100_000, description="frames that are kept together")]
    coupling: Annotated[list[Choice], Field(min_length=1, description="couplings; they add up")]
    frequencies: Annotated[Choice, Field(description="natural frequencies of the nodes")]
    integrator: Annotated[Choice, Field(description="its step is in frames")]
    motion: Annotated[Choice, Field(description="what the phases do to the picture")]
    variants: Annotated[
        dict[Annotated[str, Field(pattern=r"^[a-z0-9_]+$")], Choice],
        Field(min_length=1, description="name of the clip's file: how its frames are made"),
    ]
    restyled: Annotated[str, Field(description="the variant that shots of videos get")]
    steadying: Annotated[Steadying, Field(description="how a video's impressions come to rest")]
    mode: Annotated[Choice, Field(description="how a picture is painted from its impression")]
    controlnet_conditioning_scale: Annotated[
        float,
        Field(ge=0, le=4, description="control while a painted picture is painted anew in part"),
    ]
    scheduler: Literal["unipc", "dpm", "deis", "ddim", "euler"]
    num_inference_steps: Annotated[int, Field(ge=1, le=1000)]
    guidance_scale: Annotated[float, Field(ge=0, le=30, description="1 or less: no guidance")]
    ffmpeg: Annotated[str | None, Field(description="the program; null: the one installed along")]
    codec: Annotated[str, Field(pattern=r"^\w+$", description="encoder of the MP4")]
    crf: Annotated[int, Field(ge=0, le=51, description="0 lossless, 18 looks clean, 51 worst")]
    preset: Annotated[str, Field(pattern=r"^\w+$", description="the encoder's effort")]
    also: Annotated[list[Choice], Field(description="more formats than MKV and MP4")]

    @field_validator("coupling")
    @classmethod
    def _couplings_exist(cls, choices: list[Choice]) -> list[Choice]:
        _couplings(choices)
        return choices

    @field_validator("frequencies", "integrator", "motion")
    @classmethod
    def _choice_exists(cls, choice: Choice, info: Any) -> Choice:
        registries = {"frequencies": FREQUENCIES, "integrator": INTEGRATORS, "motion": MOTIONS}
        registry.build(registries[info.field_name], choice, what=info.field_name)
        return choice

    @field_validator("also")
    @classmethod
    def _formats_exist(cls, choices: list[Choice]) -> list[Choice]:
        for choice in choices:
            registry.build(FORMATS, choice, what="also")
        return choices

    @field_validator("variants")
    @classmethod
    def _variants_exist(cls, variants: dict[str, Choice]) -> dict[str, Choice]:
        for label, choice in variants.items():
            registry.build(FRAMES, choice, what=label)
        return variants

    @model_validator(mode="after")
    def _restyled_is_a_variant(self) -> Self:
        if self.restyled not in self.variants:
            raise ValueError(f"restyled: unknown name {self.restyled!r}; it is no variant")
        return self

    @field_validator("mode")
    @classmethod
    def _mode_exists(cls, choice: Choice) -> Choice:
        lacking = set(mode(choice, what="mode").needs) - {"maps", "controlnet"}
        if lacking:
            raise ValueError(f"{choice['name']} needs {min(lacking)}, which a video has not")
        return choice

    @property
    def period(self) -> int:
        """The frames of one turn of the phases, rounded up."""
        return -(-self.frames // self.cycles)

    def dynamics(self) -> Dynamics:
        """Return the dynamics of the phases over one turn."""
        return Dynamics(
            couplings=_couplings(self.coupling),
            frequencies=registry.build(FREQUENCIES, self.frequencies, what="video.frequencies"),
            integrator=registry.build(INTEGRATORS, self.integrator, what="video.integrator"),
            frames=self.period,
            cycles=1,
        )


def _couplings(choices: list[Choice]) -> list[Any]:
    return [
        registry.build(COUPLINGS, choice, what=f"coupling.{place}")
        for place, choice in enumerate(choices)
    ]
