"""What the API of alerts takes and answers, as OpenAPI models; times UTC s of data unless it says "by the clock"."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from mihari.alerts.text import NAME_MAX, SENTENCE_MAX
from mihari.face.models import LatDeg, LonDeg, Model, Time

Who = Annotated[
    str, Field(max_length=NAME_MAX, description="who decides, as the log shall name him", examples=["Sato"])
]
Note = Annotated[str, Field(max_length=SENTENCE_MAX, description="free text", examples=["boat 7 is on its way"])]


class Decision(BaseModel):
    """What every decision says: who, about which version of the alert. One alert, one decision, never a list."""

    model_config = ConfigDict(extra="forbid", strict=True)

    who: Who
    version: int = Field(ge=0, description="of the alert as it was seen; another one now: 409", examples=[3])


class Acknowledge(Decision):
    """Seen, and taken on."""

    reason: str = Field(description="one of `reasons` of /alerts", examples=["unit sent"])
    note: Note = ""


class Assign(Decision):
    """Given to somebody."""

    to: Annotated[str, Field(max_length=NAME_MAX, description="'': to nobody", examples=["patrol boat 7"])]


class Comment(BaseModel):
    """A note, whatever the version."""

    model_config = ConfigDict(extra="forbid", strict=True)

    who: Who
    text: Note


class Pair(BaseModel):
    """A word about this vessel and another."""

    model_config = ConfigDict(extra="forbid", strict=True)

    who: Who
    other: int = Field(ge=1, lt=1 << 32, description="the other vessel's id in the picture", examples=[412])
    same: bool = Field(description="true: the two are one vessel; false: they are two", examples=[True])
    note: Note = ""


class Split(BaseModel):
    """A word about what one node holds of this vessel."""

    model_config = ConfigDict(extra="forbid", strict=True)

    who: Who
    node: str = Field(min_length=1, max_length=40, description="one of its `held_by`", examples=["kume"])
    note: Note = ""


class Paired(BaseModel):
    """The word as it is kept."""

    number: int = Field(examples=[3])
    time: float = Field(description="UTC s of data", examples=[1795143600.0])
    one: int = Field(examples=[411])
    other: int = Field(examples=[412])
    same: bool = Field(examples=[True])
    who: str = Field(examples=["Aiko"])
    note: str = Field(examples=["seen both from the air"])
    node: str = Field(description="what this node holds under `one` is another vessel; '' else", examples=[""])


class Words(BaseModel):
    """What people at this node have said of a vessel since it was started; the newest about each pair holds."""

    words: list[Paired] = Field(description="the newest first, at most 100")


class SetAside(Decision):
    """Off the list for the time of its behaviours."""

    reason: str = Field(description="one of `aside_reasons` of /alerts", examples=["permitted"])
    note: Note = ""
    until: float | None = Field(None, description="what goes on comes back then; null: as long as it lasts")


class Escalate(Decision):
    """More urgent than it was found."""

    urgency: str = Field(description="warning, alarm or emergency", examples=["alarm"])
    note: Note = ""


class Close(Decision):
    """What it was."""

    outcome: str = Field(description="one of `outcomes` of /alerts", examples=["innocent"])
    note: Note = ""


class AlertVessel(Model):
    """A vessel that an alert concerns."""

    mmsi: int | None = Field(description="null: it tells none", examples=[431000001])
    vessel: int | None = Field(description="number in the picture of that run; null: it has an MMSI", examples=[None])
    run: float | None = Field(None, description="start of the node in whose picture it has this number")


class Alert(Model):
    """What concerns the same vessels."""

    number: int = Field(examples=[7])
    version: int = Field(description="grows with each change", examples=[3])
    sequence: int = Field(description="of the records, at its last change", examples=[120])
    place: str = Field(description="unacknowledged, ended, settled, aside or closed", examples=["unacknowledged"])
    calls: bool = Field(description="somebody has to acknowledge it", examples=[True])
    urgency: str = Field(description="emergency, alarm, warning or caution", examples=["warning"])
    found: str = Field(description="the highest of its behaviours", examples=["warning"])
    escalates: bool = Field(description="becomes an alarm if nobody acknowledges it", examples=[True])
    by_hand: bool = Field(description="a person raised its urgency", examples=[False])
    kinds: list[str] = Field(examples=[["gap", "dark"]])
    because: str = Field(description="the gravest sentence", examples=["silent 3.2 h inside good AIS coverage"])
    vessels: list[AlertVessel]
    vessels_total: int = Field(examples=[1])
    fleet: int | None = Field(description="the fleet it is about", examples=[None])
    lat_deg: LatDeg
    lon_deg: LonDeg
    going_on: bool = Field(examples=[True])
    retracted: bool = Field(description="all of it: later data showed that it was not so", examples=[False])
    raised: Time
    since: Time
    first: int = Field(description="its behaviours hold from here on, UTC s", examples=[1790000000])
    last: int | None = Field(description="up to here; null: going on", examples=[None])
    escalated: Time | None
    acknowledged: Time | None
    acknowledged_by: str = Field(examples=[""])
    reason: str = Field(examples=[""])
    note: str = Field(examples=[""])
    assigned: str = Field(examples=[""])
    closed: Time | None
    closed_by: str = Field(examples=[""])
    outcome: str = Field(examples=[""])
    outcome_note: str = Field(examples=[""])


class Alerts(Model):
    """Alerts in their order."""

    sequence: int = Field(examples=[120])
    data_time: Time
    counts: dict[str, int] = Field(examples=[{"unacknowledged": 2, "calling": 2}])
    alerts: list[Alert]
    reasons: list[str]
    aside_reasons: list[str]
    outcomes: list[str]


class LogLine(Model):
    """One line of the watch log."""

    id: int = Field(examples=[17])
    time: float = Field(description="by the clock, UTC s", examples=[1790000000.0])
    data_time: Time
    alert: int | None = Field(examples=[7])
    who: str = Field(examples=["Sato"])
    what: str = Field(examples=["acknowledged"])
    text: str = Field(examples=["unit sent"])


class WatchLog(Model):
    """Lines of the watch log, oldest first."""

    lines: list[LogLine]


class AlertDetail(Alert):
    """An alert with all that belongs to it."""

    behaviours: list[dict[str, Any]] = Field(description="as found, with evidence; retracted ones too")
    asides: list[dict[str, Any]] = Field(description="what was set aside, by whom, for which time")
    log: list[LogLine]
    related: list[dict[str, Any]] = Field(description="other alerts of its vessels")
    fleets: list[dict[str, Any]] = Field(description="the fleet it is about, as it is now")


class Audit(Model):
    """Whether the chain of the audit holds."""

    good: bool = Field(examples=[True])
    rows: int = Field(description="good ones", examples=[240])
    broken: int = Field(description="the first row that does not fit; 0: none", examples=[0])
    hash: str = Field(description="of the last good row, SHA-256", examples=["9f…"])
    sentence: str = Field(examples=["The audit holds: 240 rows, the last with hash 9f…."])


class Fleets(Model):
    """Fleets as they are now."""

    fleets: list[dict[str, Any]]
