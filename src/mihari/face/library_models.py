"""What the API of the pattern library takes and answers, as OpenAPI models; times UTC s."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from mihari.alerts.text import SENTENCE_MAX
from mihari.face.alert_models import Who
from mihari.face.models import LatDeg, LonDeg, Model, Time

TEXT_MAX = 40_000  # characters of a pattern's file: a long one has 4,000
CASES_MAX = 8 << 20  # characters of base64
HOURS_MAX = 24 * 90
Text = Annotated[str, Field(max_length=TEXT_MAX, description="a pattern's file, TOML", examples=["format = 1"])]
Cases = Annotated[
    str, Field(max_length=CASES_MAX, description="base64 of its file of cases; '': none", examples=["UEFSMQ=="])
]


class Counts(Model):
    """How often a pattern told something, and what came of it."""

    fired: int = Field(description="in all, what was taken back left out", examples=[12])
    silent: int = Field(description="of these, while it was on trial", examples=[5])
    retracted: int = Field(examples=[1])
    confirmed: int = Field(description="by the outcomes of its alerts", examples=[4])
    false: int = Field(examples=[2])
    open: int = Field(description="nobody has said", examples=[1])


class Record(Counts):
    """The same by area and month."""

    by_area: dict[str, Counts] = Field(description="by degree square, of its south-west corner: `26N 127E`")
    by_month: dict[str, Counts] = Field(description="by month, 1 to 12")


class Look(Model):
    """How somebody finds out what it was."""

    sensor: list[str] = Field(description="the best first", examples=[["camera from the air"]])
    place: str = Field(examples=["from 500 m up and 1 km off"])
    checklist: list[str] = Field(examples=[["names on both sterns"]])


class Example(Model):
    """Something that a pattern would have told."""

    start: Time
    end: float | None = Field(description="UTC s; null: it went on", examples=[1790003600.0])
    because: str = Field(examples=["A and B lie together for 40 min, and one of them is heard by nobody"])
    lat_deg: LatDeg
    lon_deg: LonDeg
    vessels: list[int] = Field(description="keys: MMSI, or below zero held by radar alone", examples=[[431000001]])


class Trial(Model):
    """What a pattern would have told over an archive."""

    sentence: str = Field(examples=["would have fired 7 times: 5 passenger, 2 cargo"])
    fired: int = Field(0, examples=[7])
    retracted: int = Field(0, examples=[0])
    whose: dict[str, int] = Field(
        default_factory=dict, description="by kind of vessel", examples=[{"passenger": 5, "cargo": 2}]
    )
    examples: list[Example] = Field(default_factory=list)
    reports: int = Field(0, description="that it was tried on", examples=[1_200_000])


class Held(Model):
    """A version of a pattern that the node holds."""

    name: str = Field(examples=["dark_rendezvous"])
    version: int = Field(examples=[1])
    title: str = Field(examples=["Dark rendezvous"])
    urgency: str = Field(description="'': listed, no alert", examples=["alarm"])
    state: str = Field(description="trial, active, replaced, withdrawn", examples=["trial"])
    maker: str = Field(description="who made it, by its key; '' here", examples=["03b2f1c0a45de977"])
    signer: str = Field(description="who brought it; '' nobody else", examples=["kume"])
    who: str = Field(description="who decided last", examples=["Sato"])
    time: Time
    why: str = Field(examples=["brought by kume, proved in 3.1 s"])
    digest: str = Field(description="SHA-256 of what it says", examples=["9f" * 32])
    proven: bool = Field(description="whether its proof holds here: else it cannot be made active")
    shipped: bool = Field(description="whether it came with Mihari, whose tests have proved it")
    sentence: str = Field(description="what it would have told; '' not tried", examples=["would not have fired"])
    here: Record = Field(description="of all its versions")
    elsewhere: Record | None = Field(description="as it was brought; null: nothing was told")
    look: Look


class OfferedPattern(Model):
    """A pattern in a bundle that another node offers."""

    name: str = Field(examples=["dark_rendezvous"])
    version: int = Field(examples=[2])
    title: str = Field(examples=["Dark rendezvous"])
    maker: str = Field(description="the node that made it", examples=["naha"])
    refused: str = Field(description="why it would not be taken over; '': it would", examples=[""])


class OfferedWithdrawal(Model):
    """A withdrawal in such a bundle; it has no effect before somebody takes the bundle over."""

    name: str = Field(examples=["dark_rendezvous"])
    versions: list[int] = Field(description="none: all", examples=[[1]])
    node: str = Field(description="who withdraws it", examples=["naha"])
    reason: str = Field(examples=["takes ferries for smugglers"])


class Offered(Model):
    """A bundle that another node of the mesh offers; nothing of it is in force."""

    id: str = Field(description="for `mihari library import --offered`", examples=["9f3a12c07b44"])
    by: str = Field(description="the node that offers it", examples=["kume"])
    time: Time
    state: str = Field(description="coming, offered, refused, taken", examples=["offered"])
    told: str = Field(description="what is in it, in a few words", examples=["3 patterns and 1 withdrawn"])
    size: int = Field(description="bytes", examples=[412_000])
    name: str = Field(examples=["nansei"])
    version: str = Field(examples=["1"])
    note: str = Field(examples=["autumn"])
    signer: str = Field(description="the node that signed it", examples=["naha"])
    believed: str = Field(
        description="why it is believed; '': the node has no trust list", examples=["naha is on the list"]
    )
    problem: str = Field(description="why it was refused; '': it was not", examples=[""])
    patterns: list[OfferedPattern] = Field(description="60 at most; none while it is coming")
    withdrawn: list[OfferedWithdrawal]


class Patterns(Model):
    """What the node holds, by name, the newest version first."""

    patterns: list[Held]
    unread: list[str] = Field(description="a sentence for each that cannot be read, and so is not looked for")
    archive: bool = Field(description="whether there is one to try a pattern on")
    offered: list[Offered] = Field(description="what other nodes offer, the newest first")


class Parameter(Model):
    """A figure of a pattern, and the range in which it was tried."""

    name: str
    value: str
    least: str
    most: str
    source: str


class Pattern(Model):
    """A pattern's file, part by part."""

    format: int
    name: str
    version: int
    title: str
    status: str
    urgency: str
    description: str
    because: str
    innocent: list[str]
    references: list[str]
    definition: str
    parameter: list[Parameter]
    look: Look


class Detail(Held):
    """All of a pattern that is held."""

    file: Pattern
    text: str = Field(description="the file to the letter")
    proof: dict[str, Any] = Field(
        description="holds, problem, found, quiet, missed, false, seconds; where, if not here; {}: it was not run"
    )
    trial: Trial | None
    provenance: list[dict[str, Any]] = Field(description="who made it, who passed it on: the first made it")
    versions: list[dict[str, Any]] = Field(description="`version` and `state` of all that are held")


class Mistake(Model):
    """A mistake of a pattern's file."""

    line: int | None = Field(description="null: of the whole", examples=[13])
    column: int | None = Field(examples=[25])
    key: str = Field(examples=["definition"])
    problem: str = Field(examples=["unknown name 'crawll', expected a parameter; did you mean 'crawl'?"])
    suggestion: str = Field(description="'': none", examples=["crawl"])


class Checked(Model):
    """The pattern as it was read, or every mistake."""

    pattern: Pattern | None
    mistakes: list[Mistake]
    held: list[int] = Field(description="versions of this name that the node holds", examples=[[1]])


class Preview(Model):
    """A pattern tried on the archive, at most one at a time."""

    number: int = Field(examples=[3])
    name: str = Field(examples=["dark_rendezvous"])
    state: str = Field(description="running, done, refused, cancelled", examples=["running"])
    share: float = Field(description="0 to 1", examples=[0.4])
    what: str = Field(examples=["3 findings"])
    over: str = Field(description="what it is tried on", examples=["the last 24 h of the archive"])
    problem: str = Field(description="why it was refused, a sentence", examples=[""])
    trial: Trial | None


class Check(BaseModel):
    """A text to be read."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: Text


class Try(Check):
    """A text to be tried."""

    hours: float = Field(24.0, gt=0, le=HOURS_MAX, description="back from the archive's end")
    cases: Cases = ""


class New(Check):
    """A pattern of one's own."""

    who: Who
    cases: Cases = ""


class Decision(BaseModel):
    """Who decides about a pattern."""

    model_config = ConfigDict(extra="forbid", strict=True)

    who: Who
    version: int | None = Field(None, ge=1, description="null: the newest")
    why: Annotated[str, Field(max_length=SENTENCE_MAX, description="for the log")] = ""
