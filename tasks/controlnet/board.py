"""The board: figures of a training for TensorBoard, beside what the stage leaves. They change no
result.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from tasks.core.errors import InputError

Note = Callable[[int, Mapping[str, float]], None]


@contextmanager
def opened(folder: str | None, *, done: int = 0) -> Iterator[Note]:
    """Yield a function that notes figures of a step in `folder`; those after step `done`, of a run
    that was cut, are forgotten. Without a folder nothing is noted.

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
    with tensorboard.SummaryWriter(folder, purge_step=done + 1) as writer:

        def note(step: int, figures: Mapping[str, float]) -> None:
            for name, value in figures.items():
                writer.add_scalar(name, value, step)

        yield note
