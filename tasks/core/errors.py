"""The one kind of error that is the user's to mend."""


class InputError(ValueError):
    """A mistake in what the user gave: one line that names the file or the parameter and says what
    to do.

    Entry points print it and exit with status 1; any other exception is a defect and keeps its
    traceback.
    """
