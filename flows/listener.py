"""What DVC and a stage say, line by line, and what it means: in which of Prefect's states a stage
has ended, and which line to show where it has failed.
"""

import re

from prefect import get_run_logger

from flows import report

ADVICE = re.compile(  # what DVC says besides: advice, and that it has tidied up after a killed run
    r"^(To track the changes with git, run:|To enable auto staging, run:|\s*git add .*"
    r"|\s*dvc config core\.autostage true|(Updating|Generating) lock file '.*'"
    r"|Use `dvc push` to send your updates to remote storage\.|WARNING: Process '.*RWLock-file.*)$"
)
FRAME = re.compile(r"^(Running stage '.*':|> .*)$")
VERDICT = re.compile(r"^ERROR: failed to reproduce '.*?': (.*)$")
ANSWERS = {
    report.UP_TO_DATE: re.compile(r"didn't change, skipping$"),
    report.RESTORED: re.compile(r"is cached - skipping run"),
}


class Listener:
    """Hears what DVC and the stage say: passes it on, and keeps what it means."""

    def __init__(self, stage: str) -> None:
        self.stage = stage
        self.state = report.RAN
        self.last = ""
        self._log = get_run_logger()

    def __call__(self, line: str) -> None:
        """Take one line of the output."""
        if ADVICE.match(line):
            return
        self._log.info("%s", line)
        print(f"{self.stage} | {line}", flush=True)
        answers = (state for state, sign in ANSWERS.items() if sign.search(line))
        self.state = next(answers, self.state)
        if verdict := VERDICT.match(line):
            self.last = self.last or f"{self.stage}: {verdict[1]}"
        elif not FRAME.match(line):
            self.last = line if line.startswith(f"{self.stage}: ") else f"{self.stage}: {line}"
