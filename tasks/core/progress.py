"""Progress: a bar on a terminal, and now and then a line where the output is no terminal."""

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm

log = logging.getLogger("impression_fields")


class Pace:
    """Says when the next of many reports is due: at most one per `seconds`, the first after that
    time.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.last = time.monotonic()

    def due(self) -> bool:
        """Return whether the time has come, and start anew if so."""
        now = time.monotonic()
        if now - self.last < self.seconds:
            return False
        self.last = now
        return True


@contextmanager
def shown(label: str, total: int, *, unit: str, done: int = 0) -> Iterator[Callable[[], None]]:
    """Yield a function that counts one more finished unit of `total`, `done` of which are done
    already, and shows it.
    """
    pace = Pace(seconds=10.0)
    with tqdm(total=total, initial=done, desc=label, unit=unit, disable=None) as bar:

        def advance() -> None:
            nonlocal done
            done += 1
            bar.update()
            if bar.disable and pace.due():
                log.info("%s: %d of %d %ss", label, done, total, unit)

        yield advance


class Terminal(logging.Handler):
    """Writes messages to the error stream, above a progress bar where one is shown."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write the message, and nothing else, as one line."""
        tqdm.write(self.format(record), file=sys.stderr)


def speak(logger: logging.Logger) -> None:
    """Let `logger` write what it is told, from INFO upwards, to the terminal."""
    logger.setLevel(logging.INFO)
    logger.propagate = False
    if not any(isinstance(handler, Terminal) for handler in logger.handlers):
        logger.addHandler(Terminal())
