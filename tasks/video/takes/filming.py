"""From a take to its film: the picture's impression, its motion, the painter, the frames."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from threading import Lock
from typing import Any

from cachetools import cached

from tasks.conditioning.registry import mode
from tasks.core import backend, code, registry, store
from tasks.core.errors import InputError
from tasks.core.params import Runtime
from tasks.features.params import Features
from tasks.impressions.extract import Extractor
from tasks.impressions.params import Impressions
from tasks.impressions.stored import stored
from tasks.video.files import encoding
from tasks.video.frames.dissolve import dissolved
from tasks.video.motions.displacement import Displacement, room
from tasks.video.motions.motion import Motion
from tasks.video.painters.impression_painter import ImpressionPainter
from tasks.video.painters.remembering import RememberingPainter
from tasks.video.params import Video
from tasks.video.registry import FRAMES
from tasks.video.scene import Film, Painter, Scene
from tasks.video.takes import preparation
from tasks.video.takes.casting import Take
from tasks.video.takes.footage import Footage
from tasks.video.takes.moving_scene import Following, moving_scene
from tasks.video.takes.sources import Picture
from tasks.video.takes.steadying import Chain

Digests = tuple[str, ...]


@dataclass(frozen=True)
class Sections:
    """All parameters that a clip depends on."""

    video: Video
    features: Features
    impressions: Impressions
    runtime: Runtime


@dataclass(frozen=True)
class Work:
    """A take and what it is made with; `digests` are those of base model and ControlNet, none for
    a preview, which shows the impression itself. `key` names the clip.
    """

    take: Take = field(compare=False)
    sections: Sections = field(compare=False)
    digests: Digests = field(compare=False)
    key: str

    @property
    def preview(self) -> bool:
        """Whether the impression itself is shown."""
        return not self.digests


@dataclass(frozen=True, eq=False)
class Filmed:
    """The film of a clip, its motion and what it displaces, and figures about it."""

    film: Film
    motion: Motion | None
    displacement: Displacement
    about: dict[str, float]


@lru_cache(maxsize=1)
def filmed(work: Work) -> Filmed:
    """Return what a clip is made of; nothing is painted before its first frame is asked for."""
    take, sections = work.take, work.sections
    read, picture = stored(sections.features, sections.impressions), take.source.picture()
    painter = load_painter(sections, work.digests, picture.shape[:2])
    painter = remembering(painter, sections, work.digests)
    shares = preparation.prompts(take.prompt, take.video.frames, take.moments, ease=take.ease)
    motion = None if isinstance(take.source, Footage) else moved(work, read, picture)
    scenes = scenes_of(take, read, picture, motion, list(shares))
    variant = take.video.variants[take.variant]
    way = registry.build(FRAMES, variant, what=f"video.variants.{take.variant}")
    films = [way(scene, painter) for scene in scenes]
    displacement = scenes[0].displacement
    about = extent(displacement, painter, preview=work.preview)
    film = dissolved(films, list(shares.values()))
    if work.preview:  # whose frames are written, and then measured
        film = replace(film, frame=cached(room(), lock=Lock())(film.frame))
    return Filmed(film, motion, displacement, about)


def moved(work: Work, read: Extractor, picture: Picture) -> Motion:
    """Return the motion of a picture."""
    take, video = work.take, work.take.video
    return preparation.motion(
        read,
        picture,
        video.dynamics(),
        video.motion,
        name=take.name,
        seed=take.seed,
        xp=backend.namespace(work.sections.runtime.device),
        schedule=preparation.schedule(
            video.frames,
            video.period,
            video.cycles,
            take.moments,
            ease=take.ease,
            drives=driven(take),
        ),
    )


def driven(take: Take) -> dict[str, Any]:
    """Return the factors that the sound track gives."""
    if take.sound is None:
        return {}
    video = take.video
    return take.sound.drives(video.frames, video.rate, encoding.program(video.ffmpeg))


def scenes_of(
    take: Take,
    read: Extractor,
    picture: Picture,
    motion: Motion | None,
    prompts: Sequence[str],
) -> list[Scene]:
    """Return the scene of a take with each of its prompts."""
    common = {"name": take.name, "seed": take.seed}
    if motion is None:
        assert isinstance(take.source, Footage)
        steadying = Chain(**take.video.steadying.model_dump())
        one: Scene = moving_scene(
            take.source, read, steadying, frames=take.video.frames, caption=prompts[0], **common
        )
    else:
        one = preparation.scene(read, picture, motion.displacement(), caption=prompts[0], **common)
    return [replace(one, caption=prompt) for prompt in prompts]


def extent(displacement: Displacement, painter: Painter, *, preview: bool) -> dict[str, float]:
    """Return the amplitude that was asked for and the one that is safe, in widths of the picture,
    and the latter in cells of the latents: what a painter does not see moves less than one.
    """
    if isinstance(displacement, Following):
        return {}
    told = {"requested_amplitude": displacement.requested, "amplitude": displacement.amplitude}
    if not preview:
        told["amplitude_in_latent_cells"] = displacement.amplitude * painter.noise_shape[2]
    return told


def load_painter(sections: Sections, digests: Digests, size: tuple[int, int]) -> Painter:
    """Return a painter of pictures of `size`; `digests` are those of base model and ControlNet, or
    none for the impression itself.

    Raises:
        InputError: one of the two is missing.
    """
    if not digests:
        return ImpressionPainter(size)
    from tasks.video.painters.diffusion_painter import DiffusionPainter

    section = sections.video
    return DiffusionPainter(
        *_networks(backend.torch_device(sections.runtime.device), digests),
        mode=mode(section.mode, what="video.mode"),
        size=size,
        steps=section.num_inference_steps,
        guidance_scale=section.guidance_scale,
        scheduler=section.scheduler,
        controlnet_conditioning_scale=section.controlnet_conditioning_scale,
    )


def remembering(painter: Painter, sections: Sections, digests: Digests) -> Painter:
    """Return a painter that paints nothing twice, not even in another run."""
    if not digests:
        return painter
    settings = ("mode", "controlnet_conditioning_scale", "scheduler", "num_inference_steps")
    identity = (
        code.version("tasks.video.painters.diffusion_painter"),
        digests,
        sections.video.model_dump(include={*settings, "guidance_scale"}),
        sections.runtime.model_dump(exclude={"seed"}),
    )
    return RememberingPainter(painter, identity)


@cache
def _networks(device: str, digests: Digests) -> tuple[Any, Any]:
    """Return base model and ControlNet; `digests` make another pair another entry of the cache."""
    from tasks.conditioning import model
    from tasks.controlnet import network

    controlnet: Any = network.load(store.folder("controlnet"))
    return model.load(store.folder("base"), device), controlnet.to(device)


def digest(stage: str) -> str:
    """Return the digest of what `stage` left.

    Raises:
        InputError: it left nothing yet.
    """
    place = store.folder(stage)
    if not place.is_dir():
        raise InputError(f"{place}: not there; run: dvc repro {stage}")
    return store.digest(place)
