"""The demo's officer opens cases through the API of a node, on real records, and no more than he should."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "alerts"))
sys.path.insert(0, str(Path(__file__).parents[1] / "cases"))
sys.path.insert(0, str(Path(__file__).parents[1] / "face"))
from case_helpers import evening
from test_alerts_api import Client

from mihari.alerts.records import Records
from mihari.commands.demo_officer import CASES, NOTE, OFFICER, PATIENCE_S, Officer
from mihari.face.app import create_app
from mihari.face.state import FaceState


class AtHand(Officer):
    """The officer with the API in this process; his clock stands."""

    def __init__(self, client: Client, waited: float = 0.0, patterns: set[str] | None = None) -> None:
        now = iter((0.0,))
        super().__init__("http://127.0.0.1:0", lambda: next(now, waited))
        self.client = client
        self._patterns = self._patterns if patterns is None else patterns

    def get(self, path: str) -> Any:
        return self.client.get(path)

    def post(self, path: str, told: dict[str, Any]) -> Any:
        return self.client.post(path, 201 if path == "/cases" else 200, **told)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    records = Records(tmp_path / "records.sqlite").open()
    evening(records)
    yield Client(create_app(page=tmp_path, state=FaceState(), records=records))
    records.close()


def cases(client: Client) -> list[Any]:
    found: list[Any] = client.get("/cases?status=all")["cases"]
    return found


def test_an_alert_of_a_pattern_becomes_a_case_at_once(client: Client) -> None:
    officer = AtHand(client, patterns={"rendezvous"})
    officer.step()
    assert len(cases(client)) == 1
    told = client.get("/cases/1")
    assert [note["text"] for note in told["lists"]["note"]] == [NOTE]
    assert client.get("/watch-log?alert=1")["lines"][-1]["who"] == OFFICER


def test_any_other_waits_and_one_of_them_is_enough(client: Client) -> None:
    AtHand(client, PATIENCE_S - 1.0).step()
    assert cases(client) == []
    officer = AtHand(client, PATIENCE_S)
    for _ in range(3):
        officer.step()
    assert len(cases(client)) == 1


def test_he_opens_no_more_than_he_should(client: Client) -> None:
    kinds = {kind for alert in client.get("/alerts?place=all")["alerts"] for kind in alert["kinds"]}
    officer = AtHand(client, patterns=kinds)
    for _ in range(5):
        officer.step()
    assert len(cases(client)) == len(officer.opened) <= CASES
