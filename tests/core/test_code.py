import ast
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

from tasks.core import code


def test_imports_are_followed_and_nothing_else_is_counted():
    found = code.modules("tasks.core.params")
    assert {
        "tasks.core.params",
        "tasks.core.errors",
        "tasks.core.registry",
        "tasks.core.backend",
    } <= found
    assert "tasks.core.store" not in found


def test_entries_of_registries_count_as_imports():
    assert "tasks.pictures.video" in code.modules("tasks.pictures.stage")


def test_the_version_is_the_hash_of_the_sources(monkeypatch, tmp_path):
    before = code.version.__wrapped__("tasks.core.errors")
    changed = tmp_path / "errors.py"
    changed.write_text(code.source("tasks.core.errors").read_text() + "\n# changed\n")
    monkeypatch.setattr(code, "source", lambda name: changed)
    assert code.version.__wrapped__("tasks.core.errors") != before


def test_two_threads_never_parse_at_once(monkeypatch):
    inside = threading.Semaphore(1)

    def alone(text):
        assert inside.acquire(blocking=False)
        try:
            time.sleep(0.001)
            return ast.parse(text)
        finally:
            inside.release()

    monkeypatch.setattr(code, "ast", SimpleNamespace(**{**vars(ast), "parse": alone}))
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(code.modules.__wrapped__, ["tasks.core.params"] * 4))
    assert found == {code.modules("tasks.core.params")}
