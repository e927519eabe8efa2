"""Prefect's server: `python -m flows.server` shows its pages at http://127.0.0.1:4200 until
Ctrl-C.

One server per project, since its database (`.prefect/prefect.db`) likes one owner: the file
`.prefect/server` holds the address, and the lock on it says whether the server lives. The pipeline
uses that server, or the one that `PREFECT_API_URL` names, or starts one for the run.
"""

import argparse
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from flows import children
from tasks.core import health, project
from tasks.core.errors import InputError

HOST = "127.0.0.1"
PORT = 4200
PATIENCE = 120.0  # seconds for a server to answer
ADDRESS = "server"
LOG = "server.log"


def address() -> str | None:
    """Return the address of the API that answers: that of `PREFECT_API_URL`, else that of this
    project's own server.
    """
    candidates = (os.environ.get("PREFECT_API_URL"), advertised())
    return next((url for url in candidates if url and health.answers(url)), None)


def advertised() -> str | None:
    """Return the address that this project's server has left, if that server lives."""
    place = _home() / ADDRESS
    if not place.is_file():
        return None
    with place.open() as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return handle.read().strip() or None
    return None


@contextmanager
def serving() -> Iterator[str]:
    """Yield the address of a server that answers, and let `PREFECT_API_URL` name it; one that is
    started for this ends with it.
    """
    url = address()
    if url:
        os.environ["PREFECT_API_URL"] = url
        yield url
        return
    with started(free_port()) as server:
        os.environ["PREFECT_API_URL"] = server.url
        yield server.url


@dataclass(frozen=True)
class Server:
    """A server that this process has started."""

    url: str
    process: subprocess.Popen[bytes]


@contextmanager
def started(port: int) -> Iterator[Server]:
    """Yield a new server on this machine, once it answers; stop it at the end.

    Raises:
        InputError: it ends, or does not answer in time; the line names its log.
    """
    _home().mkdir(parents=True, exist_ok=True)
    url = f"http://{HOST}:{port}/api"
    log = _home() / LOG
    settings = {
        "PREFECT_SERVER_API_HOST": HOST,
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_API_URL": url,
        "PREFECT_CLI_PROMPT": "false",
    }
    with log.open("w") as output:
        process = subprocess.Popen(
            children.command("prefect", "server", "start"),
            env=children.environment(**settings),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + PATIENCE
        while not health.answers(url):
            if process.poll() is not None or time.monotonic() > deadline:
                raise InputError(f"Prefect's server does not start on port {port}; see {log}")
            time.sleep(0.1)
        yield Server(url, process)
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


@contextmanager
def advertising(url: str) -> Iterator[None]:
    """Leave the address for others of this project while the server lives.

    Raises:
        InputError: this project has a server already.
    """
    _home().mkdir(parents=True, exist_ok=True)
    with (_home() / ADDRESS).open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(f"this project's server runs already, at {advertised()}") from None
        _write(handle, url)
        try:
            yield
        finally:
            _write(handle, "")


def _write(handle: TextIO, text: str) -> None:
    handle.truncate(0)
    handle.write(text)
    handle.flush()


def _home() -> Path:
    return Path(os.environ["PREFECT_HOME"])


def main() -> None:
    """Serve until the user stops it."""
    parser = argparse.ArgumentParser(
        prog="python -m flows.server", description="Start Prefect's server and its pages."
    )
    parser.add_argument(
        "--port", type=int, default=PORT, help=f"the port on {HOST} (default {PORT})"
    )
    port = parser.parse_args().port
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        project.enter()
        if _taken(port):
            raise InputError(f"port {port} is taken; choose another one by --port")
        with advertising(f"http://{HOST}:{port}/api"), started(port) as server:
            print(
                f"Pages: http://{HOST}:{port}\n"
                f"For other terminals: export PREFECT_API_URL={server.url}\n"
                "Ctrl-C stops it.",
                flush=True,
            )
            server.process.wait()
            raise InputError(f"Prefect's server has ended by itself; see {_home() / LOG}")
    except InputError as error:
        sys.exit(f"server: {error}")
    except KeyboardInterrupt:
        print("server: stopped")


if __name__ == "__main__":
    main()
