"""The report: one file that asks for nothing and runs nothing, whatever the words; its hash is taken as it says."""

from __future__ import annotations

import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from alert_helpers import T
from case_helpers import JPEG, by, case_of, opened

from mihari.alerts.actions import Unknown
from mihari.alerts.records import Records
from mihari.cases import decide, exchange, files, held, timeline
from mihari.cases.edit import made
from mihari.cases.report import CHECK, report

EVIL = "</p><script>alert(1)</script><img src=x onerror=alert(2)>'\"&amp;\n<!--content ends-->\n]]>\u202e"
VOID = {"meta", "img", "br", "path", "rect", "circle", "use", "line"}


class Page(HTMLParser):
    """All tags with their attributes, the words between them, and whether tags are closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words, self.open, self.wrong = [""], list[str](), list[str]()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        """All that is read."""
        return "".join(self.words)


@pytest.fixture
def told(records: Records, archive: Path) -> str:
    """The report of a case in which everything was said, and much of it is hostile."""
    kept = opened(records, archive=archive)
    decide.edit(records, by("Mori"), 1, {"analysis": f"a drill {EVIL}"})
    decide.edit(records, by("Sato"), 1, {"title": f"Boat {EVIL}", "analysis": f"no drill\n\n{EVIL}"})
    decide.add(records, by("<b>Kudo</b>"), 1, "note", {"text": f"two men {EVIL}"})
    decide.add(records, by("Mori"), 1, "action", {"text": f"hailed {EVIL}", "by": EVIL, "done_at": T + 4000.0})
    decide.add_file(records, by("Mori"), 1, f"{EVIL}.svg", b"<svg onload='alert(3)'/>", EVIL)
    decide.withdraw(records, by("Mori"), 1, case_of(records)["lists"]["note"][0]["id"], EVIL)
    words = dict.fromkeys(("outcome_kind", "done", "done_by", "ended_by", "sooner"), EVIL)
    decide.close(records, by("Sato"), 1, "confirmed", {k: " ".join(v.split()) for k, v in words.items()})
    strange = made(kept.case.uuid, "kume", "Kudo", 90, 1.79e9, "weather", {EVIL: EVIL})
    exchange.take(records, [strange], T + 1.0, EVIL)
    return report(records, 1, "nansei", archive, T + 20_000.0, f"naha {EVIL}")


def test_no_word_from_outside_becomes_a_tag(told):
    page = Page(told)
    assert (page.open, page.wrong) == ([], [])
    names = {tag for tag, _ in page.tags}
    assert names.isdisjoint({"script", "iframe", "object", "embed", "link", "form", "a", "b", "foreignobject"})
    assert not [a for _, attributes in page.tags for a in attributes if a.startswith("on")]


def test_nothing_is_asked_for_from_elsewhere(told):
    page = Page(told)
    sources = [a[name] or "" for _, a in page.tags for name in ("src", "href", "xlink:href") if name in a]
    assert all(one.startswith(("data:image/", "#")) for one in sources)
    assert not re.search(r"url\((?!#)|@import", told)
    policy = next(a["content"] for tag, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert (policy or "").startswith("default-src 'none'; img-src data:;")


def test_every_word_is_there_to_be_read(told):
    text = Page(told).text
    for words in ("no drill", "a drill", "two men", "hailed", "confirmed: it was so", "<script>alert(1)</script>"):
        assert words in text
    assert "Sato's later word counts." in text
    assert "NIGHT <b>STAR</b>" in text
    assert "Not understood here" in text
    assert "withdrawn by Mori" in text


def test_the_command_that_it_shows_finds_the_hash_that_it_shows(told, tmp_path):
    (tmp_path / "case.html").write_text(told, "utf-8")
    found = subprocess.run(CHECK, shell=True, cwd=tmp_path, capture_output=True, text=True, check=True)
    shown = re.search(r"<code id='hash'>([0-9a-f]{64})</code>", told)
    assert shown is not None
    assert found.stdout.split()[0] == shown[1]
    (tmp_path / "case.html").write_text(told.replace("no drill", "a drill!", 1), "utf-8")
    other = subprocess.run(CHECK, shell=True, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert other.stdout.split()[0] != shown[1]


def test_each_piece_of_evidence_is_there_with_its_hash(told, records):
    text = Page(told).text
    assert all(one["sha256"] in text for one in case_of(records)["lists"]["evidence"])


def test_pictures_are_embedded_and_other_files_are_not(told):
    shown = [a["src"] for tag, a in Page(told).tags if tag == "img"]
    assert len(shown) == 1
    assert (shown[0] or "").startswith("data:image/jpeg;base64,/9j/")
    assert "onload" not in "".join(str(a) for _, a in Page(told).tags)


def test_the_map_has_the_coast_the_tracks_and_where_they_met(told):
    drawn = told.split("<svg")[1]
    assert "nansei" not in drawn
    assert "fill-rule='evenodd'" in drawn  # land
    assert drawn.count("stroke-dasharray='5 3'") == 1  # the tanker's silence
    assert drawn.count("href='#diamond'") == 1
    assert "26.4° N" in drawn


def test_events_are_in_the_order_of_time(records):
    opened(records)
    decide.add(records, by("Mori"), 1, "action", {"text": "hailed", "by": "patrol 7", "done_at": T + 4000.0})
    events = timeline.timeline(held.held(records, 1, None))
    data = [e.what for e in events if e.source == "data"]
    assert [one.split(":")[0] for one in data] == [
        "1 gap begins", "2 rendezvous begins", "still 1 by camera pier, 2026-09-21T15", "2 rendezvous is over",
        "1 gap is over",
    ]  # fmt: skip
    times = [e.time for e in events]
    assert times == sorted(times)
    assert ("done: hailed", "patrol 7") in [(e.what, e.who) for e in events]


def test_evidence_that_was_changed_is_told_and_not_shown(records):
    opened(records)
    item = next(e for e in case_of(records)["lists"]["evidence"] if e["kind"] == "picture")
    (files.folder_of(records) / files.place_of(item["sha256"])).write_bytes(JPEG + b"more")
    text = report(records, 1)
    assert "was changed since it was kept" in Page(text).text
    assert "<img" not in text


def test_evidence_that_is_not_what_it_says_is_told(records):
    opened(records)
    for kind in ("track", "alert"):
        blob = files.Blob(b'{"behaviours": [{}], "log": []}', "application/json")
        from mihari.cases import shelf

        shelf.change(records, by(), 1, [("evidence", blob.told(kind, f"a made-up {kind}"))], [blob])
    text = Page(report(records, 1)).text
    assert "a made-up track: expected a track" in text
    assert "a made-up alert: its bytes are not what this version expects" in text


def test_what_says_that_it_is_a_picture_and_is_none_is_not_shown(records):
    opened(records)
    blob = files.Blob(b"<svg onload='alert(1)'/>", "image/png")
    from mihari.cases import shelf

    shelf.change(records, by(), 1, [("evidence", blob.told("picture", "no picture"))], [blob])
    text = report(records, 1)
    assert "no picture: it is not shown: it is no image/png" in Page(text).text
    assert text.count("<img") == 1


def test_a_case_with_nothing_but_a_title(records):
    from mihari.cases import shelf

    shelf.open_case(records, by(), [("title", "Boat")])
    text = Page(report(records, 1)).text
    assert "Nothing of this case has a place." in text
    assert "no place is known" in text


def test_a_coast_that_is_not_there_leaves_the_map_without_one(records):
    opened(records)
    assert "no coastline is known here" in report(records, 1, "atlantis")


def test_a_case_that_is_not_there(records):
    with pytest.raises(Unknown, match="there is no case 4"):
        report(records, 4)
