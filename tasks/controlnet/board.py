"""The board: figures of a training for TensorBoard, beside what the stage leaves. They change no
result.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tasks.core.errors import InputError

Note = Callable[[int, Mapping[str, float]], None]


@contextmanager
def opened(folder: str | None, run: str, *, done: int) -> Iterator[Note]:
    """Yield a function that notes figures of a step as those of `run` in `folder`; those noted
    before, of steps after `done`, are forgotten. Without a folder nothing is noted.

    Within a run steps must rise: TensorBoard forgets what comes after a step that comes again.

    Raises:
        InputError: TensorBoard is not installed.
    """
    if folder is None:
        yield lambda step, figures: None
        return
    try:
        from torch.utils import tensorboard
    except ImportError:
        raise InputError(
            "controlnet.tensorboard: TensorBoard is not installed; "
            "run: pip install tensorboard, or set it to null"
        ) from None
    with tensorboard.SummaryWriter(str(Path(folder) / run), purge_step=done + 1) as writer:

        def note(step: int, figures: Mapping[str, float]) -> None:
            for name, value in figures.items():
                writer.add_scalar(f"{run}/{name}", value, step)

        yield note
