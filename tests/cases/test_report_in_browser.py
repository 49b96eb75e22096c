"""The report in a real browser: nothing is asked for, nothing runs, nothing reaches over the edge, on paper too."""

from __future__ import annotations

from pathlib import Path

import pytest
from case_helpers import JPEG, by, opened

from mihari.alerts.records import Records
from mihari.cases import decide
from mihari.cases.report import report

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
EVIL = "</p><script>document.title='owned'</script><img src=http://127.0.0.1:9/x onerror=alert(1)>" + "x" * 400


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize("width", [420, 1100])
def test_the_report_opens_as_it_is(records: Records, archive: Path, tmp_path: Path, width: int) -> None:
    sync_api = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM.exists():
        pytest.skip("no Chromium at /usr/bin/chromium")
    opened(records, archive=archive)
    decide.edit(records, by("Mori"), 1, {"analysis": EVIL})
    decide.add_file(records, by("Mori"), 1, "a.jpg", JPEG)
    (tmp_path / "case.html").write_text(report(records, 1, "nansei", archive), "utf-8")
    asked, said = list[str](), list[str]()
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.goto((tmp_path / "case.html").as_uri())
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        title, shown = page.title(), page.evaluate("[...document.images].map(one => one.naturalWidth)")
        printed = page.pdf()
        browser.close()
    assert [one for one in asked if not one.startswith("data:")] == [(tmp_path / "case.html").as_uri()]
    assert (said, over) == ([], 0)
    assert title.startswith("Case 1: gap, rendezvous")
    assert shown == [1, 1]
    assert printed.startswith(b"%PDF")
