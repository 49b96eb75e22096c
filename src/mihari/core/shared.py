"""What nodes tell each other about vessels: `Shared` rows of one author, and a `Foreign` picture made of them.

A node tells only what its own sensors support: what it has fused with others' never leaves it as evidence, else one
report would count twice (data incest).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from mihari.core.columns import Array, Columns, column
from mihari.core.picture import ClaimedIdentity


@dataclass(frozen=True, slots=True)
class Shared(Columns):
    """Vessels as their author believes them, one row each, ordered by `vessel`; each position holds at its `time`.

    `cov_*`: upper triangle of the (4, 4) covariance of (east m, north m, east m/s, north m/s), named by e, n (position)
    and u, v (velocity east, north).
    """

    vessel: Array = column("i8")  # the author's id of it
    time: Array = column("f8")  # UTC s by the author's clock
    lat_deg: Array = column("f8")
    lon_deg: Array = column("f8")
    east_mps: Array = column("f8")
    north_mps: Array = column("f8")
    cov_ee: Array = column("f8")
    cov_en: Array = column("f8")
    cov_eu: Array = column("f8")
    cov_ev: Array = column("f8")
    cov_nn: Array = column("f8")
    cov_nu: Array = column("f8")
    cov_nv: Array = column("f8")
    cov_uu: Array = column("f8")
    cov_uv: Array = column("f8")
    cov_vv: Array = column("f8")
    existence: Array = column("f4")
    heading: Array = column("f8")  # rad true, as told; NaN absent
    heard_radar: Array = column("f8")  # UTC s; NaN never
    heard_ais: Array = column("f8")
    mmsi: Array = column("i4", 0)  # the best-supported claim; 0 none
    status: Array = column("u1")  # VesselStatus
    source: Array = column("u1")  # Source
    category: Array = column("u1")  # Category
    born: Array = column("f8")  # UTC s of its first report


@dataclass(frozen=True, slots=True)
class Foreign:
    """What another node believes, as far as it has come here.

    `clock_offset`: s by which the times of its rows are ahead of our clock, NaN not known; `doubted`: it must not be
    fused with ours, with the reason; `through`: the link it comes by; `lag`: s since it was heard of.
    """

    author: str  # 16 hexadecimal digits of its key
    name: str
    rows: Shared
    identities: Mapping[int, tuple[ClaimedIdentity, ...]] = field(default_factory=dict)
    clock_offset: float = math.nan
    doubted: str = ""
    through: str = ""
    lag: float = math.nan


class Verdict(IntEnum):
    """What a person has said about two vessels of two nodes."""

    SAME = 1
    DIFFERENT = 2


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's word that two vessels are one, or two; it outlives every automaton.

    Each vessel is named by its author and the author's id of it, at a time when it was there. The latest decision
    about a pair holds; of two at the same time the one with the greater `who`.
    """

    verdict: Verdict
    one: tuple[str, int]  # (author, vessel)
    other: tuple[str, int]
    who: str
    time: float  # UTC s
    note: str = ""
