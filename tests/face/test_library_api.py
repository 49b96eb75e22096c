"""The API of the pattern library over ASGI on real records: held, decided, checked, tried on an archive, added."""

from __future__ import annotations

import base64
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "alerts"))
sys.path.insert(0, str(Path(__file__).parents[1] / "library" / "held"))
from alert_helpers import T, check
from held_helpers import TEXT, by, cases, pattern
from slow_vessels import SHIPS, slow_vessels
from test_alerts_api import Client

from mihari.alerts import zones
from mihari.alerts.records import Records
from mihari.core.behaviour import Behaviour, Standing, Urgency
from mihari.core.picture import Picture, Vessels
from mihari.face import library_models as shapes
from mihari.face.app import create_app
from mihari.face.compose import Composer
from mihari.face.preview import Limits, Order, Previews
from mihari.face.state import FaceState
from mihari.library import offers, shelf, watched
from mihari.library.offers import Offer
from mihari.library.shelf import Shelved

GOOD = {"holds": True, "problem": "", "found": 3, "quiet": 5, "missed": 0, "false": 0, "seconds": 0.1}
TRIAL = {
    "fired": 1, "retracted": 0, "whose": {"cargo": 1}, "sentence": "would have fired once: 1 cargo", "reports": 9,
    "examples": [{"start": T, "end": None, "because": "<b>", "lat_deg": 26.0, "lon_deg": 127.0, "vessels": [5]}],
}  # fmt: skip
NEAR = TEXT.replace(" and offshore(v) > 3 NM", "").replace("version = 1", "version = 2")
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    one = Records(tmp_path / "records.sqlite", lambda: T + 60.0).open()
    told = {"fired": 4, "confirmed": 3, "false": 1, "by_area": {"26N 127E": {"fired": 4}}}
    shelf.take_over(one, by(), [Shelved(pattern(), "trial", "03b2f1c0a45de977", "kume", "Sato", T, proof=GOOD,
                                        trial=TRIAL, record=told, provenance=[{"node": "kume"}])])  # fmt: skip
    yield one
    check(one)
    one.close()


def client_of(records: Records | None, archive: Path | str = "") -> Client:
    state = FaceState()
    picture = Picture(float(T), 1, Vessels.empty())
    for frame in Composer({"archive": str(archive), "name": "naha"}).frames_for(picture):
        state.apply(frame)
    return Client(create_app(state=state, records=records))


@pytest.fixture
def client(records: Records) -> Client:
    return client_of(records)


def listed(client: Client) -> list[tuple[str, int, str]]:
    told = shapes.Patterns.model_validate(client.get("/patterns"))
    return [(one.name, one.version, one.state) for one in told.patterns]


def fired(records: Records, month: int, where: tuple[float, float]) -> None:
    """Something that the pattern told."""
    watching = watched.watching([Shelved(pattern(), "active")])
    start = T + month
    some = Behaviour(
        id=f"dawdles:{start}", kind="dawdles", vessels=(5,), start=start, end=start + 9, lat_deg=where[0],
        lon_deg=where[1], because="", urgency=Urgency.WARNING, standing=Standing.ENDED, decided=T, told=T,
    )  # fmt: skip
    watched.written(records, [some], watching)


def test_what_is_held_is_listed_with_its_record_here_and_elsewhere(client: Client, records: Records) -> None:
    fired(records, 0, (26.3, 127.9))
    fired(records, 1, (26.3, 127.9))
    (one,) = shapes.Patterns.model_validate(client.get("/patterns")).patterns
    assert (one.name, one.version, one.state, one.signer) == ("dawdles", 1, "trial", "kume")
    assert (one.proven, one.sentence) == (True, "would have fired once: 1 cargo")
    assert (one.here.fired, one.here.by_area["26N 127E"].fired) == (2, 2)
    assert one.elsewhere is not None
    assert (one.elsewhere.confirmed, one.elsewhere.false) == (3, 1)
    assert one.look.checklist == ["what it does"]


def test_what_other_nodes_offer_is_told_and_is_in_force_nowhere(client: Client, records: Records) -> None:
    about = {
        "name": "nansei", "version": 2, "note": HOSTILE, "believed": "certified by the coast",
        "signer": {"name": "naha", "author": "03b2f1c0a45de977"}, "patterns_in_all": 2, "withdrawn_in_all": 1,
        "patterns": [{"name": n, "version": 1, "title": n.title(), "maker": "naha"} for n in ("one", "two")],
        "refused": [{"name": "two", "version": 1, "why": "its proof is missing"}],
        "withdrawn": [{"name": "dawdles", "versions": [], "node": "naha", "reason": "takes ferries for smugglers"}],
    }  # fmt: skip
    offers.announced(records, "00112233445566aa", "kume", [Offer("ab" * 32, "", "", T, "coming", 9, about)])
    told = shapes.Patterns.model_validate(client.get("/patterns"))
    (one,) = told.offered
    assert (one.id, one.by, one.state, one.told) == ("abababababab", "kume", "coming", "2 patterns and 1 withdrawn")
    assert (one.name, one.version, one.signer, one.note) == ("nansei", "2", "naha", HOSTILE)
    assert [p.refused for p in one.patterns] == ["", "its proof is missing"]
    assert one.withdrawn[0].reason == "takes ferries for smugglers"
    assert [p.state for p in told.patterns] == ["trial"]


def test_a_record_that_makes_no_sense_is_left_out(records: Records, client: Client) -> None:
    bad = {"fired": "<b>", "by_area": 7}
    shelf.take_over(records, by(), [Shelved(pattern(2), "trial", record=bad)])
    newest, older = shapes.Patterns.model_validate(client.get("/patterns")).patterns
    assert (newest.elsewhere, older.elsewhere is None) == (None, False)


def test_one_is_told_part_by_part(client: Client) -> None:
    one = shapes.Detail.model_validate(client.get("/patterns/dawdles"))
    assert one.file.innocent == ["waits for its berth"]
    assert (one.file.parameter[0].value, one.file.parameter[0].most) == ("3 kn", "5 kn")
    assert one.text == TEXT
    assert (one.proof["found"], one.provenance) == (3, [{"node": "kume"}])
    assert one.trial is not None
    assert one.trial.examples[0].because == "<b>"
    client.get("/patterns/nothing_such", 404)
    client.get("/patterns/dawdles?version=9", 404)


def test_somebody_makes_it_active_and_withdraws_it_with_a_reason(client: Client, records: Records) -> None:
    told = shapes.Detail.model_validate(client.post("/patterns/dawdles/activate", who="Mori", why="right"))
    assert (told.state, told.who, told.why) == ("active", "Mori", "right")
    assert "active already" in client.post("/patterns/dawdles/activate", 409, who="Mori")["detail"]
    client.post("/patterns/dawdles/withdraw", who="Sato", why="takes ferries for smugglers")
    assert listed(client) == [("dawdles", 1, "withdrawn")]
    assert "takes ferries" in client.post("/patterns/dawdles/activate", 409, who="Mori")["detail"]
    log = [(line["who"], line["what"]) for line in client.get("/watch-log")["lines"]]
    assert log[-2:] == [("Mori", "pattern active"), ("Sato", "pattern withdrawn")]


def test_who_decides_must_be_told_and_what_is_not_proven_stays_on_trial(client: Client, records: Records) -> None:
    client.post("/patterns/dawdles/activate", 422)
    client.post("/patterns/dawdles/activate", 422, who="  ")
    client.post("/patterns/nothing_such/activate", 404, who="Mori")
    shelf.take_over(records, by(), [Shelved(pattern(2), "trial", proof={"holds": False, "problem": "2 of 8 cases"})])
    assert "2 of 8 cases" in client.post("/patterns/dawdles/activate", 409, who="Mori", version=2)["detail"]
    client_of(None).get("/patterns", 404)


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "suggestion"),
    [
        ("crawl and", "crawll and", 13, 25, "crawl"),
        ("urgency =", "urgecy =", 7, None, "urgency"),
        ('"10 min"', '"10 mn"', 21, None, ""),
    ],
)
def test_a_mistake_has_its_place_and_what_was_meant(
    client: Client, old: str, new: str, line: int, column: int | None, suggestion: str
) -> None:
    told = shapes.Checked.model_validate(client.post("/patterns/check", text=TEXT.replace(old, new)))
    assert told.pattern is None
    assert (told.mistakes[0].line, told.mistakes[0].column, told.mistakes[0].suggestion) == (line, column, suggestion)


def test_a_good_text_is_told_as_it_was_read(client: Client) -> None:
    told = shapes.Checked.model_validate(client.post("/patterns/check", text=TEXT))
    assert told.pattern is not None
    assert (told.pattern.title, told.mistakes, told.held) == ("Dawdles", [], [1])


@pytest.mark.parametrize(
    "text", ["", "format = 1\nname = \n", "x = " + "[" * 9000 + "]" * 9000, "\x00", HOSTILE, "format = 99"]
)
def test_hostile_texts_are_mistakes_and_nothing_more(client: Client, text: str) -> None:
    assert client.post("/patterns/check", text=text)["mistakes"]
    client.post("/patterns/preview", 422, text=text)
    client.post("/patterns", 422, who="Sato", text=text)
    assert listed(client) == [("dawdles", 1, "trial")]


def finished(client: Client, number: int, seconds: float = 60.0) -> shapes.Preview:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        told = shapes.Preview.model_validate(client.get(f"/patterns/preview/{number}"))
        if told.state != "running":
            return told
        time.sleep(0.1)
    raise AssertionError("the preview did not end")


def test_a_text_is_tried_on_the_archive_and_what_it_told_is_kept_with_it(records: Records, tmp_path: Path) -> None:
    client = client_of(records, slow_vessels(tmp_path / "archive", T))
    begun = shapes.Preview.model_validate(client.post("/patterns/preview", 202, text=NEAR, hours=24.0))
    assert (begun.state, begun.over) == ("running", "the last 24 h of the archive")
    assert "is being tried" in client.post("/patterns/preview", 409, text=NEAR)["detail"]
    done = finished(client, begun.number)
    assert (done.state, done.problem) == ("done", "")
    assert done.trial is not None
    assert done.trial.sentence == "would have fired 4 times: 2 passenger, 1 cargo, 1 fishing"
    assert {v for one in done.trial.examples for v in one.vessels} == set(SHIPS)
    assert all(26.0 < one.lat_deg < 26.5 for one in done.trial.examples)
    data = base64.b64encode(cases()).decode()
    held = shapes.Detail.model_validate(client.post("/patterns", 201, who="Mori", text=NEAR, cases=data))
    assert (held.state, held.version, held.who, held.sentence) == ("trial", 2, "Mori", done.trial.sentence)
    assert listed(client) == [("dawdles", 2, "trial"), ("dawdles", 1, "trial")]


def test_the_zones_of_the_node_count_where_a_text_is_tried(records: Records, tmp_path: Path) -> None:
    corners = [[126.85, 26.0], [127.0, 26.0], [127.0, 26.12], [126.85, 26.12], [126.85, 26.0]]  # round the first ship
    zone = {"type": "Feature", "properties": {"name": "reserve", "kind": "closed"},
            "geometry": {"type": "Polygon", "coordinates": [corners]}}  # fmt: skip
    zones.put(records, by(), zone)
    client = client_of(records, slow_vessels(tmp_path / "archive", T))
    text = NEAR.replace("speed(v) < crawl", "speed(v) < crawl and inside(v, closed)")
    done = finished(client, client.post("/patterns/preview", 202, text=text, hours=24.0)["number"])
    assert done.trial is not None
    assert [one.vessels for one in done.trial.examples] == [[next(iter(SHIPS))]]


def test_one_of_ones_own_without_cases_is_on_trial_and_cannot_alert(client: Client) -> None:
    text = TEXT.replace("dawdles", "crawls")
    held = shapes.Detail.model_validate(client.post("/patterns", 201, who="Mori", text=text))
    assert (held.state, held.proven, held.trial) == ("trial", False, None)
    assert "proof does not hold" in client.post("/patterns/crawls/activate", 409, who="Mori")["detail"]
    assert "expected version = 2" in client.post("/patterns", 409, who="Mori", text=text)["detail"]
    assert "cases" in client.post("/patterns", 422, who="Mori", text=text, cases="?")["detail"]


def test_without_an_archive_it_is_tried_on_its_cases_or_refused_in_a_sentence(client: Client) -> None:
    assert "keeps no archive" in client.post("/patterns/preview", 422, text=TEXT)["detail"]
    data = base64.b64encode(cases()).decode()
    begun = client.post("/patterns/preview", 202, text=TEXT, cases=data)
    done = finished(client, begun["number"])
    assert done.trial is not None
    assert done.trial.sentence == "finds 3 of its 3 cases, keeps quiet in 5 of 5 look-alikes"
    client.get("/patterns/preview/99", 404)


def ended(previews: Previews, number: int, seconds: float = 20.0) -> dict[str, Any]:
    until = time.monotonic() + seconds
    while previews.one(number)["state"] == "running" and time.monotonic() < until:
        time.sleep(0.05)
    return previews.one(number)


SLEEPS = [sys.executable, "-c", 'import time; print(\'{"share": 0.5, "what": "x"}\', flush=True); time.sleep(60)']
EATS = [sys.executable, "-c", "import time; x = bytearray(400_000_000); time.sleep(60)"]
ORDER = Order("dawdles", TEXT, "/nowhere", 24.0)


def test_one_that_takes_too_long_is_stopped_and_named() -> None:
    previews = Previews(Limits(seconds=1.0), SLEEPS)
    told = ended(previews, previews.begin(ORDER)["number"])
    assert told["problem"] == "dawdles: stopped: its trial took more than 1 s; try fewer hours"


def test_one_that_takes_too_much_memory_is_stopped_and_named() -> None:
    previews = Previews(Limits(seconds=30.0, megabytes=200.0), EATS)
    told = ended(previews, previews.begin(ORDER)["number"])
    assert "MB of memory; at most 200; try fewer hours" in told["problem"]


def test_one_that_is_cancelled_ends_and_the_next_may_begin() -> None:
    previews = Previews(command=SLEEPS)
    number = previews.begin(ORDER)["number"]
    assert previews.cancel(number)["state"] == "cancelled"
    other = previews.begin(ORDER)["number"]
    previews.cancel(other)
    assert previews.one(number)["state"] == previews.one(other)["state"] == "cancelled"


def test_one_that_dies_says_so() -> None:
    previews = Previews(command=[sys.executable, "-c", "raise SystemExit(9)"])
    told = ended(previews, previews.begin(ORDER)["number"])
    assert told["problem"] == "dawdles: its trial ended without a result"
