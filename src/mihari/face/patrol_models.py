"""What the API of the patrol takes and answers, as OpenAPI models; times UTC s by the clock."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from mihari.face.alert_models import Note, Who
from mihari.face.models import LatDeg, LonDeg, Model, Time
from mihari.patrol.file import Vessel as Vessels

Place = Annotated[tuple[LatDeg, LonDeg], Field(examples=[[25.6, 126.4]])]
Corner = Annotated[tuple[Annotated[float, Field(ge=-89, le=89)], LonDeg], Field(examples=[[25.6, 126.4]])]
Name = Annotated[str, Field(min_length=1, max_length=40)]
Names = Annotated[list[Name], Field(max_length=200)]
Figures = Annotated[dict[str, float], Field(examples=[{"fresh": 0.63, "bound": 0.75, "worst": 4.0, "hours": 320.0}])]


class Look(Model):
    """A look at a cell."""

    time: Time
    vehicle: str = Field(description="who looks", examples=["tb2-1"])
    flown: bool = Field(description="whether it was where it says; else it is only planned so")


class Cell(Model):
    """One cell of the sea that is asked for."""

    row: int = Field(description="its number, as stops of a plan name it", examples=[117])
    corners: list[Place] = Field(description="of its polygon")
    lat_deg: LatDeg
    lon_deg: LonDeg
    sea: float = Field(description="share of it that is sea", examples=[1.0])
    every_h: float = Field(description="no longer between two looks", examples=[2.0])
    vessel: str = Field(description="class that must not be missed", examples=["fishing"])
    weight: float = Field(description="of an hour in which it is fresh, mean of the plan", examples=[1.0])
    watched: float = Field(description="share of its sea that radars hold, in the worst weather", examples=[0.2])
    heard: float | None = Field(description="share of the AIS there that is heard; null: not known", examples=[0.9])
    heard_by: str = Field(description="learned (on this coast), reach (of the stations) or ''", examples=["learned"])
    held: bool = Field(description="radars hold all of it: nobody needs to look")
    age_s: float = Field(description="s since the last look", examples=[3600.0])
    late: float = Field(description="age over the demanded interval: above 1 it is late", examples=[0.5])
    last: Look | None = Field(description="the last look; null: none since the patrol began")
    next: Look | None = Field(description="the next one that is planned")


class Cells(Model):
    """All of them as they are at `time`."""

    time: Time
    fresh: float = Field(description="share of the demanded weight that is fresh now", examples=[0.63])
    cells: list[Cell]


class Doing(Model):
    """How far the node is with what it plans."""

    doing: str = Field(description="'': nothing", examples=["making the first plan"])
    share: float = Field(ge=0, le=1, examples=[0.4])
    text: str = Field(examples=["fresh 58.1%"])


class KeptPlan(Model):
    """A plan that was put in force."""

    number: int = Field(examples=[3])
    time: Time = Field(description="when it was put in force")
    begin: Time
    end: Time
    who: str = Field(description="a person, or mihari", examples=["Sato"])
    why: str = Field(examples=["tb3-1 is lost: engine"])


class Asked(Model):
    """What somebody asked of the patrol, and what came of it."""

    number: int = Field(examples=[5])
    time: Time
    who: str = Field(examples=["Sato"])
    kind: str = Field(description="what if, look, lost, back, adopt, propose or demand", examples=["what if"])
    state: str = Field(description="waiting, working, done or failed", examples=["done"])
    body: dict[str, Any] = Field(description="as it was asked")
    problem: str = Field(description="why it failed, a sentence; '' none")
    figures: Figures = Field({}, description="of the plan that came of it")
    before: Figures = Field({}, description="of the plan that was in force")
    shortfalls: list[Any] = Field([], description="what the plan does not meet")
    of: int = Field(0, description="number of the plan it was made from", examples=[3])
    tasks: list[int] = Field([], description="numbers of those that were proposed", examples=[[12, 13]])
    left_out: list[str] = Field([], description="what was not proposed, a sentence each")
    plan: dict[str, Any] | None = Field(None, description="of a what-if, as `mihari plan` writes it")


class Patrol(Model):
    """How the patrol goes."""

    time: Time
    state: str = Field(description="planning, in force, over or failed", examples=["in force"])
    problem: str = Field(description="a sentence; '' none")
    said: str = Field(description="how it began", examples=["begins now, at 2026-11-23T07:00:00Z"])
    progress: Doing
    improving: bool = Field(description="whether a changed plan is still being made better")
    changes: dict[str, Any] = Field(
        description="what is lost, closed, looked for and added: `lost`, `places`, `looks`, `demands`"
    )
    plan: KeptPlan | None = Field(description="in force")
    next: KeptPlan | None = Field(description="that takes over from it")
    figures: Figures
    sheet: dict[str, Any] = Field(description="places, vehicles, stations, keep-out areas, radars, weather")
    plans: list[KeptPlan] = Field(description="the newest, the newest first")
    asked: list[Asked] = Field(description="the newest, without their plans")


class PlanAnswer(Model):
    """The plan in force, and the one after it."""

    time: Time
    number: int = Field(description="of the plan in force; 0 none", examples=[3])
    plan: dict[str, Any] | None = Field(description="as `mihari plan` writes it")
    next: dict[str, Any] | None = Field(description="the plan that takes over from it")
    sorties: list[dict[str, Any]] = Field(
        description="those of the plan in force with what was flown before it, the last day's that are over among them"
    )


class Order(BaseModel):
    """What every order says: who."""

    model_config = ConfigDict(extra="forbid")

    who: Who
    reason: Note = ""


class Vessel(BaseModel):
    """A vessel that is to be looked at: where it is, where it goes, by when somebody is with it."""

    model_config = ConfigDict(extra="forbid")

    name: Name = Field(description="the vessel, as people see it", examples=["m/v unknown"])
    lat_deg: float = Field(ge=-89, le=89, examples=[25.6])
    lon_deg: LonDeg
    speed_kn: float = Field(0.0, ge=0.0, le=80.0, description="it goes on so")
    course_deg: float = Field(0.0, ge=0.0, le=360.0, description="it goes on so")
    within_min: float = Field(120.0, gt=0.0, le=1440.0, description="somebody is with it by then")
    stay_min: float = Field(10.0, ge=0.0, le=600.0, description="so long with it")
    within_km: float = Field(10.0, gt=0.0, le=100.0, description="so near is with it")


class LookOrder(Order, Vessel):
    """A vessel is to be looked at; the plan is changed at once."""

    alert: int = Field(0, ge=0, lt=1 << 62, description="that suggests it; 0 none", examples=[7])


class LostOrder(Order):
    """A vehicle or place is lost, or back; the plan is changed at once."""

    name: Name = Field(description="of a vehicle, base or ship", examples=["tb3-1"])
    back: bool = Field(False, description="it is there again")


class DemandOrder(Order):
    """A zone is to be looked at every so many hours; all is prepared anew, and the plan is changed."""

    name: Name = Field(description="of the zone", examples=["north bank"])
    corners: list[Corner] = Field(
        [], max_length=2000, description="of its polygon, in turn; `back` and `alert` need none"
    )
    alert: int = Field(
        0,
        ge=0,
        lt=1 << 62,
        description="around this open alert instead: its fleet, else its place; the zone follows it and ends with it",
    )
    around_km: float = Field(20.0, ge=1.0, le=200.0, description="so far around the alert's fleet or place")
    every_h: float = Field(2.0, gt=0.0, le=240.0, description="no longer between two looks")
    weight: float | None = Field(
        None, gt=0.0, le=1000.0, description="default: of the part there that is due most often"
    )
    vessel: Vessels | None = Field(None, description="that must not be missed; default: as the weight")
    back: bool = Field(False, description="it is not to be patrolled any more")


class WhatIf(Order):
    """A plan as it would be; nothing is put in force."""

    lost: Names = Field([], description="vehicles", examples=[["tb3-1"]])
    places: Names = Field([], description="bases and ships that are closed", examples=[["south"]])
    look: Vessel | None = Field(None, description="a vessel that turns up")
    wind_kn: float | None = Field(None, ge=0.0, le=120.0, description="from now on", examples=[25.0])
    wind_from_deg: float | None = Field(None, ge=0.0, le=360.0, description="where it comes from; default: as it is")
    seconds: float = Field(10.0, ge=1.0, le=120.0, description="of search")


class Adopt(Order):
    """The plan of a what-if is put in force."""

    number: int = Field(gt=0, lt=1 << 62, description="of the what-if", examples=[5])
    plan: int = Field(gt=0, lt=1 << 62, description="in force as it was seen; another one now: 409", examples=[3])


class ProposeOrder(Order):
    """The tasks of a sortie of the plan in force are proposed to the operator of its vehicle."""

    vehicle: Name = Field(description="of the patrol, and a [[vehicle]] of the node file", examples=["tb3-1"])
    launch: float = Field(ge=0.0, lt=1e11, description="of the sortie, UTC s, as the plan has it")
