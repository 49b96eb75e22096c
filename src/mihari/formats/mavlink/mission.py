"""The upload of a mission to a vehicle, without sockets or a clock: messages in, messages to send out.

https://mavlink.io/en/services/mission.html#uploading_mission: MISSION_COUNT, then the vehicle asks for each item
(MISSION_REQUEST_INT, or MISSION_REQUEST where it is old) and gets a MISSION_ITEM_INT, at last it tells with MISSION_ACK
whether it took the mission. What gets no answer within 1.5 s is sent again, five times at most.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from mihari.core.errors import BadInput
from mihari.formats.mavlink import words

Dict = dict[str, Any]
TIMEOUT_S = 1.5  # "Timeout (default)" of the protocol's document
RETRIES = 5  # "Retries (max)" of the same
MOST = 65535  # items that MISSION_COUNT can tell
REQUESTS = ("MISSION_REQUEST_INT", "MISSION_REQUEST")


class MissionUpload:
    """One upload. `state`: sending, then accepted, refused (`reason`: MAV_MISSION_RESULT in words) or lost.

    `items`: dicts as `items.waypoint` and its like make them; `target_system`, `target_component`: the vehicle;
    `system`: of whoever sends this, to pass over what is meant for others.

    >>> from mihari.formats.mavlink import items
    >>> upload = MissionUpload([items.takeoff(30.0), items.return_to_launch()], 1, 1)
    >>> upload.start(0.0)[0]["count"]
    2
    >>> asked = {"message": "MISSION_REQUEST_INT", "sysid": 1, "compid": 1, "seq": 0, "mission_type": 0}
    >>> upload.take(asked, 0.1)[0]["command"], upload.progress
    (22, 1)
    >>> upload.take({"message": "MISSION_ACK", "sysid": 1, "compid": 1, "type": 4, "mission_type": 0}, 0.2)
    []
    >>> upload.state, upload.reason
    ('refused', 'no space')
    """

    def __init__(
        self,
        items: Sequence[Mapping[str, Any]],
        target_system: int,
        target_component: int,
        system: int = 0,
        mission_type: int = words.MISSION,
    ) -> None:
        if len(items) > MOST:
            raise BadInput(f"MAVLink: a mission has at most {MOST} items, found {len(items)}")
        self.target_system, self.target_component, self.system = target_system, target_component, system
        self.mission_type = mission_type
        self.items = [self._numbered(number, item) for number, item in enumerate(items)]
        self.state, self.reason = "sending", ""
        self.asked: set[int] = set()
        self._last: Dict = {}  # what waits for an answer
        self._due, self._sent = math.inf, 0

    @property
    def progress(self) -> int:
        """How many different items the vehicle has asked for."""
        return len(self.asked)

    def start(self, now: float) -> list[Dict]:
        """What to send first. `now`: any seconds that only rise, the same clock in all calls."""
        count = {"message": "MISSION_COUNT", "count": len(self.items), **self._to()}
        return self._send(count, now)

    def take(self, message: Mapping[str, Any], now: float) -> list[Dict]:
        """What to answer to a message as `to_dicts` gives it; anything may be handed in."""
        if self.state != "sending" or not self._last or not self._mine(message):
            return []
        if message["message"] in REQUESTS:
            return self._item(message["seq"], now)
        return self._ended(message["type"])

    def tick(self, now: float) -> list[Dict]:
        """What to send again at this time; to be called every few tenths of a second."""
        if self.state != "sending" or now < self._due:
            return []
        if self._sent > RETRIES:
            self.state, self.reason, self._due = "lost", f"no answer to {self._last['message']}", math.inf
            return []
        self._sent += 1
        self._due = now + TIMEOUT_S
        return [self._last]

    def cancel(self) -> list[Dict]:
        """Give up: what tells the vehicle so."""
        if self.state != "sending":
            return []
        self.state, self.reason, self._due = "refused", "cancelled here", math.inf
        return [self._ack(words.MISSION_CANCELLED)]

    def _item(self, number: int, now: float) -> list[Dict]:
        if number >= len(self.items):
            self.state, self.reason, self._due = "refused", f"asked for item {number} of {len(self.items)}", math.inf
            return [self._ack(words.MISSION_RESULTS.index("INVALID_SEQUENCE"))]
        item = self.items[number]
        if self._last is item:  # asked again, which is no progress: the time goes on
            return [item]
        self.asked.add(number)
        return self._send(item, now)

    def _ended(self, result: int) -> list[Dict]:
        if result == words.MISSION_ACCEPTED:
            if len(self.asked) == len(self.items):  # else it belongs to an earlier upload
                self.state, self._due = "accepted", math.inf
            return []
        self.state, self.reason, self._due = "refused", words.word(words.MISSION_RESULTS, result), math.inf
        return []

    def _send(self, message: Dict, now: float) -> list[Dict]:
        self._last, self._sent, self._due = message, 1, now + TIMEOUT_S
        return [message]

    def _mine(self, message: Mapping[str, Any]) -> bool:
        return (
            message.get("message") in (*REQUESTS, "MISSION_ACK")
            and message.get("sysid") == self.target_system
            and self.target_component in (0, message.get("compid"))
            and message.get("mission_type", 0) == self.mission_type
            and (not self.system or message.get("target_system", 0) in (0, self.system))
        )

    def _to(self) -> Dict:
        to = {"target_system": self.target_system, "target_component": self.target_component}
        return {**to, "mission_type": self.mission_type}

    def _ack(self, result: int) -> Dict:
        return {"message": "MISSION_ACK", "type": result, **self._to()}

    def _numbered(self, number: int, item: Mapping[str, Any]) -> Dict:
        return {**item, **self._to(), "seq": number, "current": int(number == 0)}
