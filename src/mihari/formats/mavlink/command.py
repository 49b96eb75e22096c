"""One command to a vehicle and its acknowledgement, without sockets or a clock.

https://mavlink.io/en/services/command.html: COMMAND_LONG or COMMAND_INT is answered by COMMAND_ACK; what gets no answer
is sent again, COMMAND_LONG with its `confirmation` one higher. IN_PROGRESS means that the command runs and that another
answer follows. The document leaves the times open: those of the mission protocol are used.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from mihari.core.errors import BadInput
from mihari.formats.mavlink import words
from mihari.formats.mavlink.mission import RETRIES, TIMEOUT_S

Dict = dict[str, Any]
SILENT_S = 10.0  # a command that runs and says no more: several times the second at which progress is usually told
KINDS = ("COMMAND_LONG", "COMMAND_INT")


def long(command: int, target_system: int, target_component: int, *params: float | None) -> Dict:
    """A COMMAND_LONG with up to seven parameters; those left out are 0, None is NaN ("not told").

    >>> long(400, 1, 1, 1.0)["param1"], long(400, 1, 1, 1.0)["param7"]
    (1.0, 0.0)
    """
    values = dict(enumerate((*params, *(0.0,) * (7 - len(params))), 1))
    to = {"target_system": target_system, "target_component": target_component, "command": command, "confirmation": 0}
    return {"message": "COMMAND_LONG", **to, **{f"param{number}": value for number, value in values.items()}}


class Command:
    """One command. `state`: sending, running (`percent` where told), then accepted, refused (`reason`: MAV_RESULT in
    words, `temporary` where trying again later may help) or lost.

    `message`: a dict of COMMAND_LONG or COMMAND_INT with its addressee; `system`, `component`: whoever sends it, to
    pass over answers to others.

    >>> arm = Command(long(400, 1, 1, 1.0))
    >>> [m["confirmation"] for m in (*arm.start(0.0), *arm.tick(1.0), *arm.tick(1.6))]
    [0, 1]
    >>> arm.take({"message": "COMMAND_ACK", "sysid": 1, "compid": 1, "command": 400, "result": 1}, 2.0)
    []
    >>> arm.state, arm.reason, arm.temporary
    ('refused', 'temporarily rejected', True)
    """

    def __init__(self, message: Mapping[str, Any], system: int = 0, component: int = 0) -> None:
        if message.get("message") not in KINDS:
            raise BadInput(f"MAVLink: a command is one of {', '.join(KINDS)}, found {message.get('message')!r}")
        self.message: Dict = dict(message)
        self.system, self.component = system, component
        self.state, self.reason, self.temporary = "sending", "", False
        self.percent: int | None = None
        self._due, self._sent = math.inf, 0

    def start(self, now: float) -> list[Dict]:
        """What to send first. `now`: any seconds that only rise, the same clock in all calls."""
        return self._send(now)

    def take(self, message: Mapping[str, Any], now: float) -> list[Dict]:
        """Look at a message as `to_dicts` gives it; anything may be handed in. There is never something to send."""
        if self.state not in ("sending", "running") or not self._sent or not self._mine(message):
            return []
        result = message["result"]
        if result == words.IN_PROGRESS:
            progress = message.get("progress", 255)
            self.state, self._due = "running", now + SILENT_S
            self.percent = progress if progress <= 100 else None
        elif result == words.ACCEPTED:
            self._end("accepted", "")
        else:
            self.temporary = result == words.TEMPORARILY_REJECTED
            self._end("refused", words.word(words.RESULTS, result))
        return []

    def tick(self, now: float) -> list[Dict]:
        """What to send again at this time; to be called every few tenths of a second."""
        if self.state not in ("sending", "running") or now < self._due:
            return []
        if self.state == "running":
            self._end("lost", "it ran and then said no more")
        elif self._sent > RETRIES:
            self._end("lost", "no answer")
        else:
            return self._send(now)
        return []

    def _send(self, now: float) -> list[Dict]:
        sent = dict(self.message)
        if sent["message"] == "COMMAND_LONG":
            sent["confirmation"] = self._sent
        self._sent += 1
        self._due = now + TIMEOUT_S
        return [sent]

    def _end(self, state: str, reason: str) -> None:
        self.state, self.reason, self._due = state, reason, math.inf

    def _mine(self, message: Mapping[str, Any]) -> bool:
        return (
            message.get("message") == "COMMAND_ACK"
            and message.get("command") == self.message["command"]
            and message.get("sysid") == self.message["target_system"]
            and self.message["target_component"] in (0, message.get("compid"))
            and (not self.system or message.get("target_system", 0) in (0, self.system))
            and (not self.component or message.get("target_component", 0) in (0, self.component))
        )
