"""The API of what people told: the list, words on their way to a feed, and what cannot be."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "alerts"))
from made_up import NODE, Sea
from test_alerts_api import Client

from mihari.core.health import FeedHealth
from mihari.core.person_report import PersonReport
from mihari.core.picture import Picture
from mihari.face.app import create_app
from mihari.face.compose import Composer
from mihari.face.reports import Reports, Sent
from mihari.face.state import FaceState
from mihari.formats.cot import of_datagram, person_report

NOW = 1.8e9
SAID = {"who": "Kinjo", "text": "skiff, no lights, 3 miles north-west of naha ais"}


def told(uid: str, what: str = "skiff, no lights", time: float = NOW - 600.0) -> PersonReport:
    return PersonReport(time, "KAI", 26.1, 127.4, 2500.0, 0.0, 2500.0, what, "small craft", "no lights", 1.5, 4.0,
                        uid=uid, feed="phones", received=time + 5.0)  # fmt: skip


class Node:
    """A face that is told pictures, and what its feed would have heard."""

    def __init__(self, feeds: tuple[FeedHealth, ...]) -> None:
        self.state, self.composer, self.sea, self.feeds = FaceState(), Composer(NODE), Sea(5), feeds
        self.client = Client(create_app(state=self.state))
        self.show()

    def show(self, *reports: PersonReport) -> None:
        picture: Picture = replace(self.sea.picture(NOW + self.sea.sequence), told=reports, feeds=self.feeds)
        for frame in self.composer.frames_for(picture, feeds=True):
            self.state.apply(frame)


def feed(url: str, **more: Any) -> FeedHealth:
    return FeedHealth(1, "phones", url, **({"state": "listening", "format": "cot"} | more))


@pytest.fixture
def heard() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        one.settimeout(10)
        yield one


@pytest.fixture
def node(heard: socket.socket) -> Node:
    return Node((FeedHealth(0, "ais", "udp://:1", "listening"), feed(f"udp://127.0.0.1:{heard.getsockname()[1]}")))


def test_what_people_told_is_listed_corrected_and_let_go(node: Node) -> None:
    def listed() -> list[tuple[str, str]]:
        return [(one.id, one.what) for one in Reports.model_validate(node.client.get("/reports")).reports]

    assert listed() == []
    node.show(told("r1"), told("r2", "tanker"))
    assert listed() == [("r1", "skiff, no lights"), ("r2", "tanker")]
    one = node.client.get("/reports")["reports"][0]
    assert (one["who"], one["sd_m"], one["kind"], one["lights"]) == ("KAI", 50.0, "small craft", "no lights")
    assert (one["course_deg"], one["speed_mps"]) == (pytest.approx(85.944, abs=1e-3), 4.0)
    before = node.state.version
    node.show(told("r2", "tanker"), told("r1", "two skiffs"))
    assert listed() == [("r2", "tanker"), ("r1", "two skiffs")]
    news = node.state.reports.news(before)
    assert news is not None
    assert (news["ids"], [one["id"] for one in news["reports"]]) == (["r2", "r1"], ["r1"])  # only what is new
    node.show(told("r1", "two skiffs"))
    assert listed() == [("r1", "two skiffs")]
    before = node.state.version
    node.show(told("r1", "two skiffs"))
    assert node.state.reports.news(before) is None
    node.show()
    assert listed() == []


def test_words_that_act_on_a_screen_are_told_as_text(node: Node) -> None:
    node.show(told("r1", "sk\u202eiff\x1b[31m<b>"))
    assert node.client.get("/reports")["reports"][0]["what"] == "sk�iff�[31m<b>"


def test_words_with_a_place_go_to_the_feed_as_a_marker(node: Node, heard: socket.socket) -> None:
    sent = Sent.model_validate(node.client.post("/reports", 201, **SAID, ago_s=300))
    found = person_report(of_datagram(heard.recv(65536)))
    assert (found.uid, found.who, found.what, found.kind) == (sent.id, "Kinjo", SAID["text"], "small craft")
    assert (sent.to, sent.lights) == ("phones", "no lights")
    assert sent.because == "3 nm, rounded to 1 nm, 315° from naha ais by a rose of 8 points"
    assert (found.lat_deg, found.lon_deg) == pytest.approx((sent.lat_deg, sent.lon_deg), abs=1e-6)
    assert found.sd == pytest.approx(sent.sd_m, abs=0.1)
    assert found.time == pytest.approx(sent.time, abs=0.01)


def test_a_click_goes_with_its_error_and_a_correction_with_its_id(node: Node, heard: socket.socket) -> None:
    place = {"lat_deg": 26.123456, "lon_deg": 127.5}
    node.client.post("/reports", 201, who="Kinjo", text="skiff", **place)
    assert person_report(of_datagram(heard.recv(65536))).sd == 500.0
    node.client.post("/reports", 201, who="Kinjo", text="skiff", id="r1", sd_m=100, **place)
    found = person_report(of_datagram(heard.recv(65536)))
    assert (found.uid, found.sd, round(found.lat_deg, 6)) == ("r1", 100.0, 26.123456)
    node.client.post("/reports", 201, who="Kinjo", text="skiff", place="2 miles east of naha radar", sd_m=2000)
    assert person_report(of_datagram(heard.recv(65536))).sd == 2000.0


@pytest.mark.parametrize(
    ("told", "word"),
    [
        ({"who": "", "text": "skiff", "lat_deg": 26.0, "lon_deg": 127.0}, "who saw it"),
        ({"who": "A", "text": " \n", "lat_deg": 26.0, "lon_deg": 127.0}, "who saw it"),
        ({"who": "A", "text": "skiff"}, "expected a distance and a direction"),
        ({"who": "A", "text": "skiff", "place": "3 miles north of nowhere"}, "no point is called 'nowhere'"),
        ({"who": "A", "text": "skiff", "place": "3 miles north of naha rada"}, "did you mean naha radar"),
        ({"who": "A", "text": "skiff", "lat_deg": 26.0}, "both lat_deg and lon_deg"),
        ({"who": "A", "text": "skiff", "lat_deg": 26.0, "lon_deg": 127.0, "place": "at naha radar"}, "either"),
        ({"who": "A", "text": "skiff", "lat_deg": 91.0, "lon_deg": 127.0}, "lat_deg"),
        ({"who": "A", "text": "skiff", "lat_deg": 26.0, "lon_deg": 127.0, "sd_m": 0.0}, "sd_m"),
        ({"who": "A", "text": "skiff", "lat_deg": 26.0, "lon_deg": 127.0, "ago_s": -1.0}, "ago_s"),
        ({"who": "A", "text": "skiff", "lat_deg": 26.0, "lon_deg": 127.0, "more": 1}, "more"),
        ({"text": "skiff"}, "who"),
    ],
)
def test_what_cannot_be_is_a_422_with_one_sentence(node: Node, told: dict[str, Any], word: str) -> None:
    detail = node.client.post("/reports", 422, **told)["detail"]
    assert word in detail
    assert len(detail) < 400


@pytest.mark.parametrize(
    "feeds",
    [
        (),
        (FeedHealth(0, "ais", "udp://:10110", "listening", format="ais"),),
        (feed("udp://127.0.0.1:6969", state="removed"),),
        (feed("udp://127.0.0.1:6969", outgoing=True),),
        (feed("file:tak.xml?format=cot"),),
    ],
)
def test_a_node_that_hears_no_reports_says_what_to_add(feeds: tuple[FeedHealth, ...]) -> None:
    deaf = Node(feeds)
    told = deaf.client.get("/reports")
    assert (told["hears"], told["problem"].split(";")[0]) == ("", "no feed of this node hears reports")
    assert deaf.client.post("/reports", 409, **SAID)["detail"] == told["problem"]
    assert 'url = "udp://127.0.0.1:6969?format=cot"' in told["problem"]


def test_a_feed_that_has_failed_or_is_not_there_is_a_503_with_its_sentence() -> None:
    failed = Node((feed("udp://127.0.0.1:6969", state="failed", problem="phones: the port is in use"),))
    assert failed.client.post("/reports", 503, **SAID)["detail"] == "phones: the port is in use"
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        gone = Node((feed(f"tcp://127.0.0.1:{nobody.getsockname()[1]}"),))
        assert "connection refused" in gone.client.post("/reports", 503, **SAID)["detail"]
