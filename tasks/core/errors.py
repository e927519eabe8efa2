"""The one kind of error that is the user's to mend, and the one that is the machine's."""

import errno


class InputError(ValueError):
    """A mistake in what the user gave: one line that names the file or the parameter and says what
    to do.

    Entry points print it and exit with status 1; any other exception is a defect and keeps its
    traceback.
    """


def out_of_space(error: BaseException | None) -> bool:
    """Return whether `error`, or one that it arose from, says that nothing more can be written."""
    while error is not None:
        if isinstance(error, OSError) and (
            error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
            or "requested and" in str(error)  # NumPy's, of a file that takes only a part
        ):
            return True
        error = error.__cause__ or error.__context__
    return False
