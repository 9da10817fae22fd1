"""A whole demo system of its own, and headless Chromium in front of it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from playwright.sync_api import sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
STARTS_WITHIN = 400.0
"""Measured: 110 to 130 seconds on two cores with a load of 12."""
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


@dataclass(frozen=True)
class Demo:
    pages: str
    amazon: str


def pytest_collection_modifyitems(items):
    if CHROMIUM is None:
        skip = pytest.mark.skip(reason="there is no chromium on this machine: browser tests were skipped")
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(skip)


def _free_port():
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return tried.getsockname()[1]


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """`wharfinger demo`, as a person starts it, 60 times as fast as real time; or one that runs already."""
    running = os.environ.get("BROWSER_DEMO")  # noqa: TID251 -- “pages address,Amazon's address”, for those who build
    if running:
        yield Demo(*running.split(","))
        return
    with started_demo(tmp_path_factory.mktemp("browser-home")) as started:
        yield started


@contextmanager
def started_demo(home):
    """One with everything of its own, stopped at the end."""
    home.chmod(0o711)
    page_port, amazon_port = _free_port(), _free_port()
    inherited = os.environ.items()  # noqa: TID251 -- a process of its own gets what this one was given
    dropped = ("WHARFINGER_", "DATABASE_URL", "DJANGO_")
    environment = {name: value for name, value in inherited if not name.startswith(dropped)}
    words = ["demo", "--port", str(page_port), "--simulator-port", str(amazon_port), "--rate", "60", "--workers", "1"]
    log = (home / "demo.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "wharfinger.cli.main", *words],
        env={**environment, "WHARFINGER_HOME": str(home)},
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        _wait_for(f"http://127.0.0.1:{page_port}/healthz", process, home / "demo.log")
        yield Demo(f"http://127.0.0.1:{page_port}", f"http://127.0.0.1:{amazon_port}")
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
        log.close()


def _wait_for(url, process, log):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            with opener.open(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)  # noqa: TID251 -- a test waits for a process of its own
    raise AssertionError(f"{url} did not answer: {log.read_text()}")


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        browser.close()


def _without_aborted(complaints):
    """htmx logs two errors for each part that was being fetched when its page was left; any other one stays."""
    rest = [text for text in complaints if not text.startswith("htmx:sendAbort")]
    for _ in range(len(complaints) - len(rest)):
        after = next((text for text in rest if text.startswith("htmx:afterRequest")), None)
        if after is not None:
            rest.remove(after)
    return rest


@pytest.fixture
def page(chromium, demo):
    """A fresh browser; every complaint of the console (a broken policy above all) fails the test."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, base_url=demo.pages)
    page = context.new_page()
    page.set_default_timeout(15_000)
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    serious = [text for text in _without_aborted(complaints) if "Failed to load resource" not in text]
    assert not serious, serious


@pytest.fixture
def olga(page):
    """The administrator, signed in."""
    page.goto("/sign-in/")
    page.get_by_label("User name").fill("olga")
    page.get_by_label("Password").fill("Harbour-Lights-2026")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
    return page
