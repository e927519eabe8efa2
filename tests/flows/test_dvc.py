"""What DVC itself can do with the project: other places, remotes, experiments."""

import shutil
import subprocess
import sys

import yaml

from tests.flows.harness import Toy, states

UP_TO_DATE = "Data and pipelines are up to date."
STAGES = ("seed", "left", "right", "join")
TRACKED = (
    "toy.py",
    "toy.yaml",
    "dvc.yaml",
    "dvc.lock",
    "params.yaml",
    ".dvcignore",
    ".dvc/config",
)


def wipe(toy: Toy, *places: str) -> None:
    """Remove what can be made or fetched again, the outputs among it."""
    for place in (*places, *(f"data/{name}" for name in STAGES)):
        shutil.rmtree(toy.place / place)


def test_a_clone_elsewhere_makes_the_same_lock_and_a_forced_run_leaves_it(toy, tmp_path):
    clone = Toy(tmp_path / "another" / "clone", toy.url)
    for name in (*TRACKED[:-1], ".dvc/config"):
        (clone.place / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(toy.place / name, clone.place / name)
    (clone.place / "world").mkdir()
    (clone.place / "data/inbox").mkdir(parents=True)
    subprocess.run(["git", "init", "-q"], cwd=clone.place, check=True)
    lock = (toy.place / "dvc.lock").read_bytes()
    for command in (("dvc", "repro"), ("dvc", "repro", "--force")):
        result = clone.run(*command, url=None)
        assert result.returncode == 0, result.stderr
        assert (clone.place / "dvc.lock").read_bytes() == lock
    assert result.stderr.count("3 of 3 items reused, 0 to compute") == len(STAGES)
    assert not (clone.place / "world/prefect").exists()
    shutil.rmtree(clone.place / ".cache")
    assert clone.run("dvc", "repro", url=None).stdout.count("didn't change, skipping") == 4


def test_outputs_come_back_from_a_remote_and_there_is_nothing_to_do(toy, s3):
    import s3fs

    s3fs.S3FileSystem(endpoint_url=s3["AWS_ENDPOINT_URL_S3"], key="a", secret="b").mkdir("outs")
    there = ("env", *(f"{name}={value}" for name, value in s3.items()), "dvc")
    toy.run("dvc", "remote", "add", "--default", "far", "s3://outs/dvc")
    pushed = toy.run(*there, "push")
    assert pushed.returncode == 0, pushed.stderr
    wipe(toy, ".dvc/cache", ".cache")
    assert toy.run("dvc", "status").stdout.strip() != UP_TO_DATE
    pulled = toy.run(*there, "pull")
    assert pulled.returncode == 0, pulled.stderr
    assert toy.run("dvc", "status").stdout.strip() == UP_TO_DATE
    assert toy.run("dvc", "repro").stdout.count("didn't change, skipping") == len(STAGES)
    assert toy.log() == []
    assert toy.made("join") == toy.value("join")


def test_an_experiment_tells_its_metrics_its_parameters_and_its_graph(toy):
    entries = yaml.safe_load((toy.place / "dvc.yaml").read_text())
    (toy.place / "dvc.yaml").write_text(
        yaml.safe_dump({**entries, "metrics": ["data/join/metrics.json"]})
    )
    name = {
        f"GIT_{who}_{what}": "toy" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    for command in (("add", "-f", *TRACKED, "data/.gitignore"), ("commit", "-q", "-m", "begin")):
        subprocess.run(
            ["git", *command], cwd=toy.place, env={**toy.environment(), **name}, check=True
        )
    ran = toy.run("dvc", "exp", "run", "--name", "louder", "-S", "toy.yaml:join=3", url=None)
    assert ran.returncode == 0, ran.stderr
    assert toy.made("join") == toy.value("join")
    assert {line.split()[0] for line in toy.log()} == {"join"}
    assert str(toy.value("join")) in toy.run("dvc", "metrics", "show").stdout
    assert toy.run("dvc", "params", "diff").stdout.split()[-4:] == ["toy.yaml", "join", "1", "3"]
    graph = toy.run("dvc", "dag", "--mermaid").stdout
    assert graph.startswith("flowchart TD")
    assert graph.count("-->") == sum(len(needs) for needs in (("seed",), ("seed",), (1, 2)))


def test_four_stages_at_a_time_never_stand_in_each_others_way(toy):
    names = ("north", "east", "south", "west")
    stages = {
        name: {"cmd": f"cp toy.py data/{name}", "deps": ["toy.py"], "outs": [f"data/{name}"]}
        for name in names
    }
    (toy.place / "dvc.yaml").write_text(yaml.safe_dump({"stages": stages}))
    (toy.place / "dvc.lock").unlink()
    program = (
        "import flows, sys; from flows import walk;"
        "options = walk.Options(force=True, workers=4);"
        "sys.exit(not all(walk.run(options).is_completed() for _ in range(5)))"
    )
    result = toy.run(sys.executable, "-c", program)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "lock" not in (result.stdout + result.stderr).replace("dvc.lock", "")
    assert states(result) == dict.fromkeys(names, "Ran")
    assert sorted(yaml.safe_load((toy.place / "dvc.lock").read_text())["stages"]) == sorted(names)
