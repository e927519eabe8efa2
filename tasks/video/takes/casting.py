"""From the table of shots to takes: one clip each, its picture found, its values settled."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from tasks.core.errors import InputError
from tasks.video.params import Video
from tasks.video.takes.footage import Footage
from tasks.video.takes.shots import Keyframe, Shot, checked
from tasks.video.takes.sound import Sound
from tasks.video.takes.sources import Found, Source, Stage, heard, search


@dataclass(frozen=True)
class Take:
    """One clip: the section `video` as it holds for this clip, and what changes along it."""

    name: str
    prompt: str
    variant: str
    source: Source
    seed: int
    video: Video
    keyframes: tuple[Keyframe, ...]
    ease: bool
    sound: Sound | None

    @property
    def moments(self) -> list[tuple[int, Keyframe]]:
        """The keyframes with the numbers of their frames."""
        return [(each.number(self.video.rate), each) for each in self.keyframes]


def cast(shots: Sequence[Shot], stage: Stage, where: str) -> list[Take]:
    """Return the takes; `where` names the table in messages.

    Raises:
        InputError: a picture is not there, two clips have one name, or a value is wrong.
    """
    takes: list[Take] = []
    for shot in shots:
        label = f"{where}: {shot.name or shot.picture}"
        names = {take.name for take in takes}
        for found in _found(shot, stage, label):
            if found.name in names:
                raise InputError(f"{label}: two shots of the name {found.name!r}; rename one")
            names.add(found.name)
            takes += _takes(shot, found, stage, label)
    return takes


def _found(shot: Shot, stage: Stage, label: str) -> list[Found]:
    """Return every picture that the shot stands for."""
    found = list(search(shot, stage, label))[: shot.at_most]
    if shot.name is None:
        return found
    if len(found) > 1:
        raise InputError(f"{label}: {len(found)} pictures would have this name; leave it out")
    return [replace(found[0], name=shot.name)]


def _takes(shot: Shot, found: Found, stage: Stage, label: str) -> Iterator[Take]:
    """Yield a take for each variant of the shot."""
    shot = found.source.lengthened(shot, label) if isinstance(found.source, Footage) else shot
    video = settled(shot, stage.video, label)
    _check_keyframes(shot, video, label)
    usual = video.restyled if isinstance(found.source, Footage) else next(iter(video.variants))
    for variant in shot.variants or (usual,):
        if variant not in video.variants:
            known = ", ".join(video.variants)
            raise InputError(f"{label}: variants: unknown name {variant!r}; choose of {known}")
        yield Take(
            name=found.name,
            prompt=found.caption if shot.prompt is None else shot.prompt,
            variant=variant,
            source=found.source,
            seed=stage.seed if shot.seed is None else shot.seed,
            video=video,
            keyframes=shot.keyframes,
            ease=shot.interpolation == "ease",
            sound=heard(shot, stage, label),
        )


def settled(shot: Shot, video: Video, label: str) -> Video:
    """Return the section as it holds for the shot.

    Raises:
        InputError: a value is wrong.
    """
    rate = shot.fps or video.rate
    frames = shot.frames or video.frames
    if shot.seconds is not None:
        frames = round(shot.seconds * rate)
    values = {"rate": rate, "frames": frames, "cycles": shot.cycles or video.cycles}
    motion = shot.motion or {}
    if motion.get("name", video.motion["name"]) == video.motion["name"]:
        motion = {**video.motion, **motion}
    return checked(Video, {**video.model_dump(), **values, "motion": motion}, label)


def _check_keyframes(shot: Shot, video: Video, label: str) -> None:
    numbers = [keyframe.number(video.rate) for keyframe in shot.keyframes]
    for number in numbers:
        if number >= video.frames:
            raise InputError(
                f"{label}: keyframes: frame {number} is beyond the last of {video.frames}, "
                f"{video.frames - 1}"
            )
    if any(one >= other for one, other in pairwise(numbers)):
        raise InputError(f"{label}: keyframes: not in the order of time")
