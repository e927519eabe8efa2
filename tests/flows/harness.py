"""What the tests of the flows need: a toy project to command, and questions to the server."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import yaml

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NEEDS = {"seed": (), "left": ("seed",), "right": ("seed",), "join": ("left", "right")}
MARK = "TOY_PROJECT"
PAGE = 200  # things in one answer of the server, at most


def environment(place: Path) -> dict[str, str]:
    """Return an environment without the user's own, in which look-ups are written down."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT")}
    paths = (HERE / "trap", ROOT, os.environ.get("PYTHONPATH"))
    return {
        **kept,
        "HOME": str(place),
        "DVC_SITE_CACHE_DIR": str(place / "site"),
        "DVC_GLOBAL_CONFIG_DIR": str(place / "global"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join(str(path) for path in paths if path),
        "NAMES_LOOKED_UP": str(place / "names"),
        MARK: str(place),
    }


def until(true: Callable[[], object], seconds: float, pause: float = 0.05) -> bool:
    """Return whether `true` comes true within the time."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


def processes(place: Path) -> list[int]:
    """Return the processes that were started for the project at `place`, by their environment."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            words = (entry / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if f"{MARK}={place}".encode() in words:
            found.append(int(entry.name))
    return found


@dataclass
class Toy:
    """A project whose stages multiply numbers."""

    place: Path
    url: str

    def run(self, *command: str, cwd: Path | None = None, url: str | None = "server"):
        """Run a command in the project to its end; `url` is the server's unless given."""
        result = subprocess.run(
            command,
            cwd=cwd or self.place,
            env=self.environment(url),
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert not (self.place / "names").exists(), (self.place / "names").read_text()
        return result

    def environment(self, url: str | None = "server") -> dict[str, str]:
        """Return the environment of the project's commands."""
        env = environment(self.place)
        if url is not None:
            env["PREFECT_API_URL"] = self.url if url == "server" else url
        return env

    def pipeline(self, *arguments: str, **options):
        """Run the pipeline to its end."""
        return self.run(sys.executable, "-m", "flows.pipeline", *arguments, **options)

    def start(self, *command: str, url: str | None = "server") -> subprocess.Popen[str]:
        """Start a command and return when the stage `left` stands in its last shard."""
        (self.place / "world/log").unlink(missing_ok=True)
        with (self.place / "output").open("w") as output:
            process = subprocess.Popen(
                command, cwd=self.place, env=self.environment(url), stdout=output, stderr=output
            )
        until(lambda: "left 2 begins" in self.log() or process.poll() is not None, 120)
        assert process.poll() is None, self.output()
        return process

    def set(self, name: str, value: int) -> None:
        """Set the parameter of a stage."""
        file = self.place / "toy.yaml"
        file.write_text(yaml.safe_dump({**yaml.safe_load(file.read_text()), name: value}))

    def value(self, name: str) -> int:
        """Return what the stage should have made: six times its parameter times what it needs."""
        value = yaml.safe_load((self.place / "toy.yaml").read_text())[name]
        for need in NEEDS[name]:
            value *= self.value(need)
        return 6 * value

    def made(self, name: str) -> int:
        """Return what the stage has made."""
        return int((self.place / "data" / name / "sum").read_text())

    def trouble(self, name: str, order: str | None) -> None:
        """Let the stage fail, sleep, or run a program; None lets it be."""
        file = self.place / "world" / name
        file.write_text(order) if order else file.unlink()

    def log(self) -> list[str]:
        """Return what the stages have computed, a line per shard."""
        file = self.place / "world/log"
        return file.read_text().splitlines() if file.exists() else []

    def output(self) -> str:
        """Return what the started command has said."""
        return (self.place / "output").read_text()


def states(result: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """Return the states in the table at the end of a run."""
    words = [line.split() for line in result.stdout.splitlines() if " | " not in line]
    names = {"UpToDate", "Ran", "Restored", "Failed", "NotReady"}
    found = {row[0]: row[1] for row in words if len(row) > 2 and row[1] in names}
    assert found, result.stdout + result.stderr
    return found


def stage(name: str, needs: tuple[str, ...]) -> dict[str, object]:
    """Return a stage of the toy's dvc.yaml."""
    return {
        "cmd": f"python toy.py {name}",
        "deps": ["toy.py", *(f"data/{need}" for need in needs)],
        "params": [{"toy.yaml": [name]}],
        "outs": [f"data/{name}"],
    }


def build(place: Path) -> None:
    """Make the toy project, in which nothing has run."""
    place.mkdir(exist_ok=True)
    shutil.copy(HERE / "toy.py", place)
    shutil.copy(ROOT / "params.yaml", place)
    shutil.copy(ROOT / ".dvcignore", place)
    for folder in (".dvc", "world", "data/inbox"):
        (place / folder).mkdir(parents=True)
    shutil.copy(ROOT / ".dvc/config", place / ".dvc")
    (place / "toy.yaml").write_text("{seed: 1, left: 2, right: 3, join: 1, late: 5, som: 2}")
    stages = {name: stage(name, needs) for name, needs in NEEDS.items()}
    (place / "dvc.yaml").write_text(yaml.safe_dump({"stages": stages}))
    subprocess.run(["git", "init", "-q"], cwd=place, check=True)


def call(url: str, method: str, path: str, body: object = None) -> Any:
    """Send a request to the server, and return what it answers; where its database is busy (503),
    ask again, as Prefect's own clients do.
    """
    data = None if body is None else json.dumps(body).encode()
    request = Request(f"{url}/{path}", data, {"Content-Type": "application/json"}, method=method)
    for patience in (1, 2, 4, 8, 0):
        try:
            with urlopen(request, timeout=10) as answer:
                return json.loads(answer.read() or "null")
        except HTTPError as error:
            if error.code != 503 or not patience:
                raise
            time.sleep(patience)
    return None


def ask(url: str, kind: str, **choice: object) -> list[dict]:
    """Return all that the server knows of a kind of thing, page by page."""
    found: list[dict] = []
    question = {"limit": PAGE, **choice}
    while len(page := call(url, "POST", f"{kind}/filter", question)) == PAGE:
        found += page
        question |= {"offset": len(found)}
    return found + page


def start(url: str, deployment: str, parameters: dict[str, object]) -> str:
    """Start a run of a deployment and return its number."""
    path = f"deployments/{deployment}/create_flow_run"
    return call(url, "POST", path, {"parameters": parameters})["id"]


def shown(url: str, run: str, key: str) -> list[dict[str, str]]:
    """Return the rows of a table that a run shows."""
    artifacts = [each for each in ask(url, "artifacts") if each["flow_run_id"] == run]
    (table,) = [each["data"] for each in artifacts if each["key"] == key]
    return json.loads(table)


def end(process: subprocess.Popen, place: Path) -> None:
    """Wait for a process that was asked to end: a worker, which waits for its runs. One that waits
    too long is killed, with all that it has started.
    """
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        for number in processes(place):
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        process.wait()


@contextmanager
def at_work(toy: Toy, *command: str) -> Iterator[None]:
    """Let a command run what is asked for of the deployments; at the end all of that is gone."""
    often = {"PREFECT_WORKER_QUERY_SECONDS": "1", "PREFECT_RUNNER_POLL_FREQUENCY": "1"}
    with (toy.place / "output").open("w") as output:
        process = subprocess.Popen(
            command,
            cwd=toy.place,
            env={**toy.environment(), **often},
            stdout=output,
            stderr=output,
        )
    try:
        yield
    finally:
        for deployment in ask(toy.url, "deployments"):  # so that no schedule fires once more
            call(toy.url, "DELETE", f"deployments/{deployment['id']}")
        process.terminate()
        end(process, toy.place)
    assert until(lambda: not processes(toy.place), 10), processes(toy.place)
    assert not (toy.place / "names").exists(), (toy.place / "names").read_text()


def ended(command: ModuleType, words: Sequence[str]) -> str:
    """Run a command in this process, and return what it says where it refuses, else nothing; the
    logger and the threads of the tests are left as they are.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command.progress, "speak", lambda logger: None)
        patch.setattr(command.backend, "configure", lambda threads: None)
        try:
            command.main(words)
        except SystemExit as end:
            return str(end.code)
        return ""
