"""What a person saw and told: where, when, what; from a telephone's marker, a form or a voice on the radio.

A person's report is evidence of its own kind: late, rounded, and often the only one of a vessel without lights or AIS.
Its position comes with a covariance of how it was told (`mihari.core.spoken_places`); words for what was seen are read
here: kind of vessel, lights, course and speed.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from mihari.core.spoken_places import ROSE
from mihari.core.units import KNOT

# word (and its plural) -> kind of vessel, the first that is found counts
KINDS = {
    "fishing": ("fishing boat", "fishing vessel", "fisherman", "trawler", "longliner", "squid boat", "fishing"),
    "tanker": ("tanker", "oiler"),
    "cargo": ("cargo", "container ship", "bulk carrier", "bulker", "freighter", "coaster"),
    "passenger": ("passenger", "ferry", "cruise ship", "liner"),
    "pleasure": ("yacht", "sailing boat", "sailboat", "motor boat", "jet ski"),
    "service": ("tug", "pilot boat", "dredger", "patrol boat"),
    "small craft": (
        "dinghy",
        "rib",
        "rubber boat",
        "speedboat",
        "speed boat",
        "go-fast",
        "skiff",
        "small boat",
        "dhow",
    ),
    "uncrewed": ("drone boat", "usv", "uncrewed"),
    "semi-submerged": ("semi-submersible", "semi-submerged", "submarine", "periscope"),
}
UNLIT = re.compile(
    r"\b(?:(?:no|without|not showing)(?: any)? (?:navigation )?lights?|lights? (?:off|out)|unlit|darkened)\b", re.I
)
_COLOUR = r"(?:red|green|white|yellow|blue|flashing|masthead|deck)"
LIT = re.compile(rf"\b{_COLOUR}(?:,? (?:(?:and|over) )?{_COLOUR})* lights?\b", re.I)
SPEED = re.compile(r"\b(\d{1,2}(?:\.\d+)?) ?(?:kn|kt|kts|knots?)\b", re.I)
_WINDS = "|".join(sorted(ROSE, key=len, reverse=True))
_TOLD = rf"(?:(\d{{3}})\b|((?:north|south|east|west)[a-z -]*|(?:{_WINDS})\b))"
COURSE = re.compile(rf"\b(?:course|heading|hdg|steering|bound) (?:of |to (?:the )?)?{_TOLD}", re.I)


@dataclass(frozen=True, slots=True)
class PersonReport:
    """A report: UTC s, degrees, covariance of east and north in m²; `course` in rad, `speed` in m/s; absent None or ''.

    >>> report = PersonReport(0.0, "KAI", 26.0, 127.0, 100.0, 0.0, 400.0, what="trawler, no lights")
    >>> report.sd
    20.0
    """

    time: float
    who: str  # who saw it
    lat_deg: float
    lon_deg: float
    cov_ee: float
    cov_en: float
    cov_nn: float
    what: str = ""  # in that person's words
    kind: str = ""  # one of `KINDS`
    lights: str = ""
    course: float | None = None
    speed: float | None = None
    because: str = ""  # how the position was understood
    uid: str = ""  # of the report where it came from, so that an amended one is known
    feed: str = ""  # by which it came in
    received: float = math.nan  # UTC s of receipt

    @property
    def sd(self) -> float:
        """The standard deviation of the position along its longest axis, m."""
        middle, half = (self.cov_ee + self.cov_nn) / 2, (self.cov_nn - self.cov_ee) / 2
        return math.sqrt(middle + math.hypot(half, self.cov_en))


@dataclass(frozen=True, slots=True)
class Seen:
    """What words say of a vessel."""

    kind: str = ""
    lights: str = ""
    course: float | None = None  # rad
    speed: float | None = None  # m/s


def seen(text: str) -> Seen:
    """What a few words say of a vessel; what they do not say is absent. Nothing is refused.

    >>> found = seen("Trawler without lights, heading north-west at 8 knots")
    >>> found.kind, found.lights, round(math.degrees(found.course)), round(found.speed, 3)
    ('fishing', 'no lights', 315, 4.116)
    """
    told = text.lower()
    lit = LIT.search(text)
    lights = "no lights" if UNLIT.search(text) else lit[0].lower() if lit else ""
    speed = SPEED.search(text)
    return Seen(_kind(told), lights, _course(text), float(speed[1]) * KNOT if speed else None)


def _kind(told: str) -> str:
    for kind, words in KINDS.items():
        if any(re.search(rf"\b{re.escape(word)}s?\b", told) for word in words):
            return kind
    return ""


def _course(text: str) -> float | None:
    found = COURSE.search(text)
    if not found:
        return None
    if found[1]:
        return math.radians(int(found[1])) if int(found[1]) <= 360 else None
    winds = re.findall("north|south|east|west", found[2].lower())
    letters = "".join(wind[0] for wind in winds) or found[2].lower()
    return ROSE.index(letters) * math.pi / 8 if letters in ROSE else None
