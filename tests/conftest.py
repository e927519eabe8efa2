"""What tests share: a project of their own to stand in."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")  # `make test` runs as many at a time as processors

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Yield the environment in which S3 is a stand-in on this machine, stopped at the end."""
    for module in ("s3fs", "moto.server", "flask"):
        pytest.importorskip(module, reason="needs the extra [s3], and moto[server]")
    note = tmp_path_factory.mktemp("s3") / "port"
    program = (
        "import sys, time; from moto.server import ThreadedMotoServer;"
        "server = ThreadedMotoServer('127.0.0.1', 0); server.start();"
        "open(sys.argv[1], 'w').write(str(server.get_host_and_port()[1])); time.sleep(3600)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(note)], stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 60
        while not (note.is_file() and note.read_text()):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield {
            "AWS_ACCESS_KEY_ID": "nobody",
            "AWS_SECRET_ACCESS_KEY": "nothing",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{note.read_text()}",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def root() -> Path:
    """Return the checkout's root."""
    return ROOT


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty project with the checkout's `params.yaml`, as the current directory."""
    (tmp_path / "params.yaml").write_text((ROOT / "params.yaml").read_text())
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def set_params(project: Path):
    """Return a function that sets parameters: `set_params({"pictures.scenes": 4})`."""

    def change(values: dict[str, object]) -> None:
        file = project / "params.yaml"
        content = yaml.safe_load(file.read_text())
        for name, value in values.items():
            *parents, last = name.split(".")
            place = content
            for parent in parents:
                place = place[parent]
            place[last] = value
        file.write_text(yaml.safe_dump(content))

    return change
