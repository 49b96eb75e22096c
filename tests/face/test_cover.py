"""What other nodes watch with, from the picture to the API and to browsers: told when it changes, and only then."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import httpx
from made_up import NODE, Sea

from mihari.core.cover import Cover, Watching
from mihari.face import frames, models
from mihari.face.app import create_app
from mihari.face.compose import Composer
from mihari.face.frames import Kind
from mihari.face.state import FaceState
from mihari.face.stream import Hub

START = 1.79e9
KUME = Cover("a1b2c3d4e5f60718", "kume", (Watching("kume radar", "radar", 26.34, 126.77, 44448.0),))
MOVED = replace(KUME, sensors=(replace(KUME.sensors[0], lat_deg=26.4, serving=False),))


class Told:
    """A composer, the face's state, and what a browser is told of cover in between."""

    def __init__(self) -> None:
        self.sea, self.composer, self.state = Sea(3), Composer(NODE), FaceState()

    def picture(self, *covers: Cover) -> list[list[dict[str, Any]]]:
        """One more picture; the nodes of each cover message of it."""
        before, said = self.state.version, []
        made = replace(self.sea.picture(START + self.sea.sequence), covers=covers)
        for raw in self.composer.frames_for(made):
            self.state.apply(raw)
        for kind, _, _, payload in Hub(self.state)._static(before):
            message = json.loads(payload)
            assert kind == Kind.JSON
            said += [message["nodes"]] if message["type"] == "cover" else []
        return said

    def asked(self) -> models.Sensors:
        """As the API tells it."""

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=create_app(state=self.state))
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
                return await client.get("/api/v1/sensors")

        return models.Sensors.model_validate(asyncio.run(ask()).json())


def test_it_is_told_when_it_changes_and_only_then() -> None:
    told = Told()
    assert told.picture() == []
    assert [[n["name"] for n in nodes] for nodes in told.picture(KUME)] == [["kume"]]
    assert told.picture(KUME) == []
    (((kume,)),) = told.picture(MOVED)
    assert kume["sensors"] == [
        {
            "name": "kume radar",
            "kind": "radar",
            "lat_deg": 26.4,
            "lon_deg": 126.77,
            "range_m": 44448.0,
            "serving": False,
        }
    ]
    assert told.picture() == [[]]


def test_the_api_tells_it_beside_the_nodes_own_sensors() -> None:
    told = Told()
    told.picture(KUME)
    answer = told.asked()
    assert [s.name for s in answer.sensors] == ["naha radar", "naha ais"]
    assert [(n.name, n.author, n.sensors[0].range_m) for n in answer.others] == [("kume", KUME.author, 44448.0)]


def test_a_pipeline_that_comes_back_alone_leaves_none_on_the_screen() -> None:
    told = Told()
    told.picture(KUME)
    told.composer = Composer(NODE)
    assert told.picture() == [[]]
    assert told.asked().others == []


def test_a_screen_that_comes_late_is_told_too() -> None:
    told = Told()
    told.picture(KUME)
    told.picture(KUME)
    sent = [json.loads(payload) for _, _, _, payload in Hub(told.state)._static(0)]
    assert [m["type"] for m in sent] == ["node", "sensors", "cover"]
    assert frames.encode_json(sent[-1])
