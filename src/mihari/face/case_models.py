"""What the API of cases takes and answers, as OpenAPI models; times UTC s by the clock unless it says "of data"."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from mihari.alerts.text import SENTENCE_MAX
from mihari.cases.values import EVIDENCE, LINE, LONG, OUTCOMES, STATUSES
from mihari.face.alert_models import Who
from mihari.face.models import Model, Time

Outcome = Literal["confirmed", "benign", "false", "unknown"]
Line = Annotated[str, Field(max_length=LINE, examples=["boat without lights"])]
Long = Annotated[str, Field(max_length=LONG, description="text with paragraphs", examples=["two men on deck"])]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="of its bytes", examples=["9f" * 32])]
ItemId = Annotated[str, Field(max_length=40, description="`id` of an item, or its beginning", examples=["5f0c1d2e"])]


class Author(Model):
    """Who said something, at which node."""

    id: str = Field(description="of the edit", examples=["203e98b0-db0e-80a1-83e2-d66298c8bc20"])
    who: str = Field(examples=["Sato"])
    time: Time
    author: str = Field(description="the node's own name for cases", examples=["35cc6d671acf4b1e9a0dd4f1c36f7c11"])


class Value(Author):
    """What somebody wrote."""

    value: str = Field(examples=["a drill"])


class Word(Value):
    """The word that counts, and every earlier one, the newest first."""

    earlier: list[Value]


class Withdrawn(Author):
    """Who withdrew an item, and why."""

    why: str = Field(examples=["another boat"])


class Item(Author):
    """One of a list: what is withdrawn stays."""

    withdrawn: Withdrawn | None


class Note(Item):
    """What somebody noted."""

    text: str = Field(examples=["two men on deck"])


class Action(Note):
    """What was done."""

    by: str = Field(description="who did it", examples=["patrol 7"])
    done_at: float | None = Field(description="UTC s", examples=[1790000000.0])


class AlertItem(Item):
    """An alert of the node that says so."""

    number: int = Field(examples=[7])
    because: str = Field(examples=["silent 3.2 h inside good AIS coverage"])
    first: float | None = Field(description="UTC s of data", examples=[1790000000.0])
    last: float | None = Field(description="UTC s of data; null: it went on", examples=[None])


class VesselName(Model):
    """A vessel: an MMSI, or a number in the picture of one run of one node."""

    mmsi: int = Field(description="0 none", examples=[431000001])
    vessel: int = Field(description="number in the picture; 0 none", examples=[0])
    run: float | None = Field(description="UTC s of the start of the node that gave the number", examples=[None])
    name: str = Field(examples=["KAIYO MARU"])


class VesselItem(Item, VesselName):
    """A vessel of the case."""


class Evidence(Item):
    """A piece of evidence; its bytes are at the node where it is `here`."""

    kind: str = Field(description=", ".join(EVIDENCE), examples=["track"])
    what: str = Field(examples=["track of KAIYO MARU (431000001): all 719 positions; archive"])
    sha256: Sha256
    size: int = Field(description="bytes", examples=[24413])
    media: str = Field(description="as its bytes begin", examples=["application/json"])
    name: str = Field(description="of a file", examples=["log.pdf"])
    mmsi: int = Field(description="0 none", examples=[431000001])
    vessel: int = Field(description="number in the picture; 0 none", examples=[0])
    number: int = Field(description="of the alert or attachment; 0 none", examples=[0])
    begin: float | None = Field(description="UTC s of data", examples=[1790000000.0])
    end: float | None = Field(description="UTC s of data", examples=[1790003600.0])
    here: bool = Field(description="whether this node has its bytes", examples=[True])


class Lists(Model):
    """What a case holds."""

    note: list[Note]
    action: list[Action]
    alert: list[AlertItem]
    vessel: list[VesselItem]
    evidence: list[Evidence]


class Strange(Author):
    """What a newer version wrote: kept and passed on."""

    field: str = Field(examples=["weather"])
    value: str = Field(description="JSON", examples=['{"fog":true}'])


class LogLine(Model):
    """A line of the case's log."""

    time: Time
    who: str = Field(examples=["Sato"])
    author: str = Field(examples=["35cc6d671acf4b1e9a0dd4f1c36f7c11"])
    what: str = Field(examples=["outcome: confirmed"])


class Case(Model):
    """A case in a list."""

    number: int = Field(description="at this node", examples=[3])
    uuid: str = Field(description="at all nodes", examples=["11111111-1111-4111-8111-111111111111"])
    version: int = Field(description="grows with each edit that comes in here", examples=[341])
    title: str = Field(examples=["gap, rendezvous: KAIYO MARU (431000001)"])
    status: str = Field(description=", ".join(STATUSES), examples=["open"])
    outcome: str = Field(description=f"{', '.join(OUTCOMES)}; '' not said yet", examples=["confirmed"])
    outcome_kind: str = Field(examples=["transfer at sea"])
    pattern: str = Field(description="of the library, that it speaks for; '' none", examples=["dark-rendezvous"])
    opened: Time
    opened_by: str = Field(examples=["Sato"])
    changed: Time
    changed_by: str = Field(examples=["Mori"])
    alerts: list[int] = Field(description="of this node", examples=[[7]])
    vessels: list[VesselName]
    edits: int = Field(examples=[21])
    items: dict[str, int] = Field(examples=[{"note": 2, "evidence": 5}])


class Cases(Model):
    """Cases, the last changed first."""

    sequence: int = Field(description="of the records; it grows with every change", examples=[341])
    cases: list[Case]
    counts: dict[str, int] = Field(examples=[{"open": 2, "closed": 40}])
    outcomes: list[str] = Field(examples=[list(OUTCOMES)])


class ChangedWord(Model):
    """A word of somebody else that came since the version that was seen."""

    field: str = Field(examples=["analysis"])
    who: str = Field(examples=["Mori"])
    time: Time
    value: str = Field(examples=["no drill"])


class CaseDetail(Case):
    """All of a case."""

    words: dict[str, Word]
    lists: Lists
    not_understood: list[Strange]
    log: list[LogLine]
    left_out: list[str] = Field([], description="what could not be had when it was opened or added to, in sentences")
    changed_meanwhile: list[ChangedWord] = Field([], description="words of others since `seen`; both are kept")


class Dossier(Model):
    """All that this node knows of a vessel; lists the newest first, claims the oldest first."""

    mmsi: int = Field(description="0 none", examples=[431000001])
    vessel: int = Field(description="number in the picture; 0 none", examples=[0])
    flag: str = Field(description="by its MMSI, a claim like it; '' none", examples=["Japan"])
    claims: list[dict[str, Any]] = Field(description="field, value, first and last time told (UTC s), how often")
    alerts: list[dict[str, Any]]
    behaviours: list[dict[str, Any]]
    meetings: list[dict[str, Any]]
    pictures: list[dict[str, Any]]
    cases: list[Case]
    missing: list[str] = Field(description="what cannot be told, and why", examples=[["claims: it tells no MMSI"]])


class Dossiers(Model):
    """Of all vessels of a case."""

    dossiers: list[Dossier]


class Said(BaseModel):
    """Who says something of a case; `seen`: the version of the case that they saw, 0 not told."""

    model_config = ConfigDict(extra="forbid", strict=True)

    who: Who
    seen: int = Field(0, ge=0, lt=1 << 62, description="to be told whose words changed meanwhile", examples=[341])


class Open(Said):
    """A case of an alert."""

    alert: int = Field(ge=1, lt=1 << 62, examples=[7])
    title: Line = ""


class Words(Said):
    """New words; those left out stay, '' takes one back."""

    title: Line | None = None
    outcome: Outcome | None = None
    outcome_kind: Line | None = None
    analysis: Long | None = None
    done: Long | None = None
    done_by: Line | None = None
    ended_by: Annotated[str, Field(max_length=SENTENCE_MAX)] | None = None
    sooner: Long | None = None
    pattern: Annotated[str, Field(max_length=80)] | None = None

    def told(self) -> dict[str, str]:
        """Field -> word, of those that are said."""
        found = self.model_dump(exclude={"who", "seen"}, exclude_none=True)
        return {name: str(word) for name, word in found.items()}


class Close(Words):
    """What it was; all words may come with it."""

    outcome: Outcome


class NewNote(Said):
    """A note."""

    text: Long


class NewAction(NewNote):
    """What was done."""

    by: Line = ""
    done_at: float | None = Field(None, gt=0, lt=1e11, description="UTC s", examples=[1790000000.0])


class NewVessel(Said):
    """A vessel of the picture, or an MMSI."""

    vessel: int = Field(0, ge=0, lt=1 << 32, description="id in the picture; 0: by MMSI", examples=[17])
    mmsi: int = Field(0, ge=0, le=999_999_999, examples=[0])


class NewEvidence(Said):
    """An alert as it stands, a still or clip, or a person's report that the node still has: one of them."""

    alert: int = Field(0, ge=0, lt=1 << 62, examples=[8])
    attachment: int = Field(0, ge=0, lt=1 << 62, examples=[0])
    report: str = Field("", max_length=200, description="`id` of /reports", examples=[""])


class Withdraw(Said):
    """An item that does not count."""

    item: ItemId
    why: Annotated[str, Field(max_length=SENTENCE_MAX, examples=["another boat"])] = ""
