"""Prefect's pages in a browser: the form, a run with its contact sheet, a schedule that is
switched on.
"""

import io
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image

from tests.flows.harness import Toy, ask, at_work, call, shown, until

STAGES = ("seed", "left", "right", "join")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--window-size=1400,1400",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


def lacking() -> str:
    """Return what the pages cannot be opened without here; empty where nothing is missing."""
    programs = [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]
    try:
        import selenium  # noqa: F401  # pyright: ignore[reportUnusedImport]
    except ImportError:
        programs.append("selenium")
    return ", ".join(programs)


@pytest.fixture
def browser(tmp_path: Path) -> Iterator:
    """Yield a browser that reaches this machine alone."""
    if os.environ.get("CHROMIUM") == "no":
        pytest.skip("CHROMIUM=no")
    if lacking():
        if os.environ.get("CHROMIUM") == "required":
            pytest.fail(f"CHROMIUM=required, but there is no {lacking()}")
        pytest.skip(f"needs {lacking()}")
    from selenium.webdriver import Chrome
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    options = Options()
    options.binary_location = str(shutil.which("chromium"))
    for flag in (*FLAGS, f"--user-data-dir={tmp_path / 'browser'}"):
        options.add_argument(flag)
    driver = Chrome(service=Service(shutil.which("chromedriver")), options=options)
    yield driver
    driver.quit()


def element(browser, path: str, seconds: float = 120):
    """Return the element at an XPath, once it is there and to be seen."""

    seen = []

    def found():
        with redrawn():
            seen[:] = [e for e in browser.find_elements("xpath", path) if e.is_displayed()]
        return seen

    assert until(found, seconds), (path, browser.find_element("tag name", "body").text)
    return seen[0]


def press(browser, path: str) -> None:
    """Press what stands at an XPath."""

    def pressed():
        with redrawn():
            browser.execute_script("arguments[0].click()", element(browser, path))
            return True

    assert until(pressed, 120), path


def redrawn() -> suppress:
    """Return a context in which a page may draw an element anew while it is looked at."""
    from selenium.common.exceptions import StaleElementReferenceException

    return suppress(StaleElementReferenceException)


def runs(toy: Toy, deployment: str) -> list[dict]:
    """Return the runs of a deployment, in the order in which they began."""
    found = ask(toy.url, "flow_runs", deployments={"id": {"any_": [deployment]}})
    return sorted(found, key=lambda run: run["start_time"] or "")


def outcomes(toy: Toy, run: str) -> dict[str, str]:
    """Return the state of each stage, as the run shows it."""
    return {row["stage"]: row["state"] for row in shown(toy.url, run, "pipeline-stages")}


@pytest.mark.flaky(reruns=1)  # a browser, a server and a clock
def test_a_form_starts_a_run_whose_page_shows_its_pictures_and_a_schedule_fires(browser, toy):
    pages = toy.url.removesuffix("/api")
    deployed = toy.run("python", "-m", "flows.deploy")
    assert deployed.returncode == 0, deployed.stderr
    with at_work(toy, "prefect", "worker", "start", "--pool", "local"):
        (deployment,) = [
            each["id"] for each in ask(toy.url, "deployments") if each["name"] == "main-job"
        ]
        run = start_by_form(browser, pages, toy, deployment)
        look_at(browser, pages, toy, run)
        toy.set("join", 4)
        call(
            toy.url,
            "POST",
            f"deployments/{deployment}/schedules",
            [{"active": False, "schedule": {"interval": 30}}],
        )
        switch_on(browser, pages, deployment)
        browser.get("about:blank")  # a page that is drawn keeps a core busy

        def fired() -> list[dict]:
            return [
                run
                for run in runs(toy, deployment)
                if run["auto_scheduled"] and run["state_type"] == "COMPLETED"
            ]

        assert until(lambda: len(fired()) >= 2, 400, pause=1.0), runs(toy, deployment)
        first, second, *_ = fired()
        assert outcomes(toy, first["id"]) == {**dict.fromkeys(STAGES, "UpToDate"), "join": "Ran"}
        assert outcomes(toy, second["id"]) == dict.fromkeys(STAGES, "UpToDate")
        browser.get(f"{pages}/runs/flow-run/{second['id']}")
        press(browser, "//li[normalize-space(.)='Task Runs']")
        element(browser, "//*[normalize-space(text())='UpToDate']")


def start_by_form(browser, pages: str, toy: Toy, deployment: str) -> str:
    """Fill in the form, start the run, and return its number once its page says Completed."""
    browser.get(f"{pages}/deployments/deployment/{deployment}/run")
    number = element(browser, "//input[@type='number']")
    number.clear()
    number.send_keys("2")
    press(browser, "//*[@role='switch']")
    press(browser, "//button[normalize-space(.)='Submit']")
    assert until(lambda: runs(toy, deployment), 120)
    (run,) = runs(toy, deployment)
    assert run["parameters"] == {"options": {"force": True, "workers": 2}}
    browser.get(f"{pages}/runs/flow-run/{run['id']}")
    element(browser, "//*[normalize-space(text())='Completed']", 300)
    return run["id"]


def look_at(browser, pages: str, toy: Toy, run: str) -> None:
    """Look for the stages' own runs, the artifacts, and the contact sheet behind its card."""
    tasks = [task["id"] for task in ask(toy.url, "task_runs") if task["flow_run_id"] == run]
    inner = [each for each in ask(toy.url, "flow_runs") if each["parent_task_run_id"] in tasks]
    assert sorted(each["name"] for each in inner) == sorted(STAGES)
    assert outcomes(toy, run) == dict.fromkeys(STAGES, "Ran")
    browser.get(f"{pages}/runs/flow-run/{run}")
    graph = element(browser, "//canvas")
    assert until(lambda: colours(graph.screenshot_as_png) > 8, 60)
    press(browser, "//li[normalize-space(.)='Artifacts']")
    for name in ("pipeline-stages", "pipeline-graph", "pipeline-progress"):
        element(browser, f"//*[normalize-space(text())='{name}']")
    press(browser, "//*[normalize-space(text())='pipeline-pictures']")
    image = element(browser, "//img[starts-with(@src, 'data:image/')]")
    assert until(lambda: image.get_property("naturalWidth") > 0, 60)


def colours(picture: bytes) -> int:
    """Return how many colours a picture has."""
    with Image.open(io.BytesIO(picture)) as opened:
        return len(opened.convert("RGB").getcolors(1 << 24))


def switch_on(browser, pages: str, deployment: str) -> None:
    """Switch the schedule of 30 seconds on."""
    browser.get(f"{pages}/deployments/deployment/{deployment}")
    card = "//*[contains(@class, 'schedule-card')][contains(., 'Every 30 seconds')]"
    press(browser, f"{card}//*[@role='switch']")
    element(browser, f"{card}//*[@role='switch'][@aria-checked='true']")
