"""What the API of assets and tasks takes and answers, as OpenAPI models; times UTC s by the clock."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from mihari.core.task import HEIGHT_MAX, MOST_PLACES, TaskKind, TaskState
from mihari.face.alert_models import Note, Who
from mihari.face.models import Bearing, LatDeg, LonDeg, Model, Time

KINDS = [str(kind) for kind in TaskKind]
STATES = [str(state) for state in TaskState]
Place = Annotated[tuple[LatDeg, LonDeg], Field(examples=[[26.2125, 127.6792]])]


class Asset(Model):
    """A vehicle, camera or crew of this node, as last told."""

    name: str = Field(examples=["tb3"])
    kind: str = Field(description="aircraft, surface, underwater, camera or crew", examples=["aircraft"])
    profile: str = Field(description="an id of `mihari platforms`; '' none", examples=["tb3"])
    operator: str = Field(description="who answers for it and accepts its tasks; '' nobody", examples=["Mori"])
    link: str = Field(description="never, up, late, lost, or away: under water or far off, expected back")
    time: Time | None = Field(description="of its place")
    heard: Time | None = Field(description="when the last of it came in")
    lat_deg: LatDeg | None
    lon_deg: LonDeg | None
    height_m: float | None = Field(description="above the sea, negative under it", examples=[1200.0])
    course_deg: Bearing | None
    speed_mps: float | None = Field(description="over ground", examples=[34.0])
    heading_deg: Bearing | None
    energy: float | None = Field(description="what is left of battery or fuel, 0 to 1", examples=[0.71])
    mode: str = Field(description="what it is doing, in the words of its autopilot", examples=["mission"])
    looks: list[Place] = Field(description="corners of what its camera shows on the sea")


class Assets(Model):
    """All of them, those of the node file first."""

    time: Time
    assets: list[Asset]


class Turn(Model):
    """One change of a task's state."""

    time: Time
    state: str = Field(examples=["accepted"])
    who: str = Field(description="a person, the asset, or mihari", examples=["Mori"])
    why: str = Field(examples=["it has taken the mission"])


class Task(Model):
    """One task, as it is."""

    number: int = Field(examples=[12])
    asset: str = Field(examples=["tb3"])
    kind: str = Field(description=", ".join(KINDS), examples=["look"])
    state: str = Field(description=", ".join(STATES), examples=["under way"])
    since: Time = Field(description="when it came into this state")
    over: bool = Field(description="whether nothing can become of it any more")
    version: int = Field(description="grows with each turn; a decision says which one was seen", examples=[3])
    who: str = Field(description="proposed it", examples=["Sato"])
    time: Time = Field(description="when it was proposed")
    places: list[Place] = Field(description="where: one, or those of a way")
    vessel: int = Field(description="id in the picture; 0 none", examples=[17])
    height_m: float | None = Field(description="to fly at, above the sea; null: its own working height")
    begin: float | None = Field(description="not to be sent before, UTC s; null: at once", examples=[None])
    until: float | None = Field(description="to be done by then, UTC s; null: whenever", examples=[1790000000.0])
    reason: str = Field(examples=["what is it doing there?"])
    alert: int = Field(description="the alert that it is for; 0 none", examples=[7])
    progress: float | None = Field(description="0 to 1; null: not told", examples=[0.4])
    said: str = Field(description="what the vehicle told last", examples=["item 2 of 5"])
    called_off: bool = Field(description="withdrawn, and the vehicle that had it was told so")
    turns: list[Turn]


class Taking(Model):
    """Who answers for an asset of the node file, and what it takes."""

    asset: str = Field(examples=["tb3"])
    operator: str = Field(description="'': nobody, it takes no tasks", examples=["Mori"])
    kinds: list[str] = Field(description="of tasks that it can do; none: it takes none", examples=[["look", "hold"]])
    accepts: list[str] = Field(description="kinds that its operator has accepted beforehand", examples=[["look"]])


class Tasks(Model):
    """Tasks, the newest first."""

    sequence: int = Field(description="of the records; it grows with every change", examples=[341])
    time: Time
    tasks: list[Task]
    counts: dict[str, int] = Field(description="tasks by state", examples=[{"proposed": 1, "done": 30}])
    takes: list[Taking]
    kinds: list[str] = Field(examples=[KINDS])
    states: list[str] = Field(examples=[STATES])


class Proposal(BaseModel):
    """What somebody would have an asset do."""

    model_config = ConfigDict(extra="forbid")

    who: Who
    asset: str = Field(max_length=40, description="its name", examples=["tb3"])
    kind: TaskKind = Field(examples=["look"])
    places: list[Place] = Field([], max_length=MOST_PLACES, description="one, or those of a way")
    vessel: int = Field(0, ge=0, lt=1 << 32, description="id in the picture; 0 none", examples=[17])
    height_m: float | None = Field(None, ge=-HEIGHT_MAX, le=HEIGHT_MAX, description="above the sea", examples=[500.0])
    begin: float | None = Field(None, gt=0, allow_inf_nan=False, description="not before, UTC s", examples=[1.78e9])
    until: float | None = Field(None, gt=0, allow_inf_nan=False, description="UTC s", examples=[1790000000.0])
    reason: Note = ""
    alert: int = Field(0, ge=0, lt=1 << 62, description="that it is for; 0 none", examples=[7])


class TaskDecision(BaseModel):
    """What a person decides about one task."""

    model_config = ConfigDict(extra="forbid", strict=True)

    who: Who
    version: int = Field(ge=0, description="of the task as it was seen; another one now: 409", examples=[0])
    note: Note = ""
