"""A real browser (Debian's Chromium) on the built page and a stand-in for the node; screenshots are kept."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
SCREENS = ROOT / "artefacts" / "screens"
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs the browser."""
    for item in items:
        if Path(__file__).parent in Path(item.path).parents:
            item.add_marker(pytest.mark.browser)


class FakeNode:
    """The stand-in as a program of its own, so that it can be killed and started again on the same port."""

    def __init__(self, vessels: int) -> None:
        self.vessels, self.running = vessels, None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        self.start()

    def start(self) -> None:
        """Start it and wait until it answers."""
        program = [sys.executable, str(Path(__file__).with_name("fake_server.py"))]
        self.running = subprocess.Popen([*program, "--port", str(self.port), "--vessels", str(self.vessels)])
        for _ in range(300):
            try:
                urllib.request.urlopen(self.url, timeout=5).close()
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("the stand-in for the node did not start")

    def stop(self) -> None:
        """Kill it, as a machine dies."""
        if self.running:
            self.running.kill()
            self.running.wait()

    def order(self, **what: Any) -> None:
        """Ask for trouble; see fake_server.py."""
        request = urllib.request.Request(
            self.url + "control", json.dumps(what).encode(), {"Content-Type": "application/json"}
        )
        urllib.request.urlopen(request, timeout=10).close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, on the built page. One a module: while it lives its event loop runs, and other tests would meet it."""
    if not CHROMIUM.exists():
        pytest.skip("Debian's chromium is not installed")
    built = subprocess.run([sys.executable, str(ROOT / "tools/build_page.py")], capture_output=True, text=True)
    if built.returncode:
        pytest.skip(f"the page cannot be built: {built.stderr.strip().splitlines()[-1]}")
    playwright = pytest.importorskip("playwright.sync_api")
    SCREENS.mkdir(parents=True, exist_ok=True)
    with playwright.sync_playwright() as p:
        chromium = p.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield chromium
        chromium.close()


class Screen:
    """One open page with what it asked for and complained about."""

    def __init__(self, browser: Any, width: int = 1180, height: int = 720) -> None:
        self.page = browser.new_page(viewport={"width": width, "height": height})
        self.page.set_default_timeout(120_000)
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", lambda r: self.requests.append(r.url))
        self.page.on("pageerror", lambda e: self.errors.append(str(e)))
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)

    def open(self, url: str) -> None:
        """Open and wait until vessels are drawn."""
        self.page.goto(url)
        self.until("window.mihari && mihari.chart.slots.length > 0 && mihari.chart.labels.placed.length > 0")

    def until(self, condition: str, timeout: float = 120.0) -> None:
        """Wait for a condition; asked from outside, as the page's own rules forbid code from strings."""
        for _ in range(int(timeout / 0.1)):
            if self.page.evaluate(f"Boolean({condition})"):
                return
            time.sleep(0.1)
        raise AssertionError(f"did not come true: {condition}")

    def ask(self, expression: str) -> Any:
        """Value of an expression in the page."""
        return self.page.evaluate(expression)

    def picture(self, name: str) -> Path:
        """A screenshot among the artefacts."""
        path = SCREENS / f"{name}.png"
        self.page.screenshot(path=path, timeout=60_000)
        return path


@pytest.fixture(scope="module")
def node() -> Iterator[FakeNode]:
    """300 vessels."""
    fake = FakeNode(300)
    yield fake
    fake.stop()


@pytest.fixture(scope="module")
def screen(browser: Any, node: FakeNode) -> Iterator[Screen]:
    """The page, open on `node`."""
    one = Screen(browser)
    one.open(f"{node.url}?palette=day")
    yield one
    one.page.close()


@pytest.fixture(scope="module")
def new_screen(browser: Any) -> Iterator[Callable[[], Screen]]:
    """More pages, closed at the end."""
    made: list[Screen] = []

    def make(**size: int) -> Screen:
        made.append(Screen(browser, **size))
        return made[-1]

    yield make
    for one in made:
        one.page.close()


@pytest.fixture(scope="module")
def new_node() -> Iterator[Callable[[int], FakeNode]]:
    """More stand-ins, killed at the end."""
    made: list[FakeNode] = []

    def make(vessels: int) -> FakeNode:
        made.append(FakeNode(vessels))
        return made[-1]

    yield make
    for one in made:
        one.stop()


@pytest.fixture(scope="session")
def contrast() -> Callable[[str, str], float]:
    """How well an ink, #rrggbb, can be read on a ground."""
    return _contrast


def _contrast(ink: str, ground: str) -> float:
    """Contrast ratio of WCAG 2.2, relative luminance."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((luminance(ink), luminance(ground)), reverse=True)
    return (high + 0.05) / (low + 0.05)
