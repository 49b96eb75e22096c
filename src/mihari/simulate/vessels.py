"""Kinds and a random source -> who the vessels are: sizes, identities, AIS devices. All identities are made up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mihari.core.columns import Array, Columns, column
from mihari.simulate.cast import Actor
from mihari.simulate.kinds import KINDS
from mihari.simulate.scenario import Traffic

# MID (ITU Table of Maritime Identification Digits) and how often it is met in these waters; assumed shares
_HOME = ((431, 0.7), (432, 0.3))  # Japan
_FLAGS = (
    (431, 0.3), (432, 0.1), (477, 0.12), (440, 0.12), (416, 0.06), (412, 0.06), (636, 0.08), (538, 0.08), (351, 0.08),
)  # fmt: skip
_DOMESTIC = ("tug", "ferry", "fishing", "pleasure", "moored")
_FIRST = (
    "KAI", "SHIN", "ASAHI", "RYUKYU", "NANSEI", "TAIYO", "MIYAKO", "PACIFIC", "ORIENT", "CORAL", "EASTERN", "BLUE",
    "GOLDEN", "SANGO", "HIBISCUS", "KURO",
)  # fmt: skip
_SECOND = (
    "MARU", "STAR", "WAVE", "SPIRIT", "BRIDGE", "HOPE", "DREAM", "TRADER", "EXPRESS", "PIONEER", "BREEZE", "HORIZON",
)  # fmt: skip
_PORTS = (
    "NAHA", "KAGOSHIMA", "HIRARA", "ISHIGAKI", "KEELUNG", "BUSAN", "SHANGHAI", "OSAKA", "KAOHSIUNG", "HAKATA",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Vessels(Columns):
    """Who is out there, one row per vessel; `mmsi` 0 and `device` '' without AIS."""

    kind: Array = column("U8")
    hull_length: Array = column("f4")  # m
    beam: Array = column("f4")  # m
    draught: Array = column("f4")  # m
    mmsi: Array = column("i4", 0)
    device: Array = column("U1")  # AIS class "A" or "B"
    status: Array = column("i1")  # navigation status when it moves
    ship_type: Array = column("i2")
    imo: Array = column("i4", 0)
    name: Array = column("U20")
    call_sign: Array = column("U7")
    destination: Array = column("U20")

    @property
    def has_ais(self) -> NDArray[np.bool_]:
        """Which of them speak at all."""
        return np.asarray(self.device != "")


def drawn(rng: np.random.Generator, group: Traffic, taken: set[int]) -> Vessels:
    """The vessels of one group; `taken` holds the MMSI given so far and is added to."""
    kind, n = KINDS[group.kind], group.count
    low, high = kind.length
    length = low + (high - low) * rng.beta(1.6, 2.6, n)  # most are of the smaller kind
    device = _devices(rng, group)
    speaks = device != ""
    mmsi = np.where(speaks, _mmsi(rng, group.kind, n, taken), 0)
    names = [f"{rng.choice(_FIRST)} {rng.choice(_SECOND)} {rng.integers(1, 90)}" for _ in range(n)]
    big = (device == "A") & (length > 60)
    return Vessels.of(
        n,
        kind=group.kind,
        hull_length=length,
        beam=np.maximum(length / kind.slenderness, 1.5),
        draught=np.clip(length / 18, 0.4, 15),
        mmsi=mmsi,
        device=device,
        status=kind.status,
        ship_type=kind.ship_type,
        imo=np.where(big, _imo(rng, n), 0),
        name=np.where(speaks, [name[:20] for name in names], ""),
        call_sign=np.where(speaks, [_call_sign(rng) for _ in range(n)], ""),
        destination=np.where(big, rng.choice(_PORTS, n), ""),
    )


def one(rng: np.random.Generator, actor: Actor, taken: set[int]) -> Vessels:
    """One scripted vessel: what its part does not say is drawn from its kind."""
    kind = KINDS[actor.kind]
    device = actor.device
    if device is None:
        shares = [kind.class_a, kind.class_b, max(1 - kind.class_a - kind.class_b, 0.0)]
        device = "A" if actor.ghost else str(rng.choice(["A", "B", ""], p=shares))
    if device == "" and actor.mmsi:
        device = "A"
    group = Traffic(actor.kind, 1, class_a=float(device == "A"), class_b=float(device == "B"))
    drawn_one = drawn(rng, group, taken)
    told: dict[str, object] = {}
    if actor.length is not None:
        told |= {
            "hull_length": actor.length,
            "beam": max(actor.length / kind.slenderness, 1.5),
            "draught": min(max(actor.length / 18, 0.4), 15.0),
        }
    if device and actor.mmsi is not None:
        told["mmsi"] = actor.mmsi
    if device and actor.name is not None:
        told["name"] = actor.name[:20].upper()
    return drawn_one.replace(
        **{name: np.array([value], drawn_one.columns()[name].dtype) for name, value in told.items()}
    )


def _devices(rng: np.random.Generator, group: Traffic) -> NDArray[np.str_]:
    """'A', 'B' or '' in the kind's shares to the nearest vessel, in random order."""
    kind = KINDS[group.kind]
    a = kind.class_a if group.class_a is None else group.class_a
    b = kind.class_b if group.class_b is None else min(group.class_b, 1 - a)
    if group.class_a is not None and group.class_b is None:
        b = min(b, 1 - a)
    first = round(a * group.count)
    second = min(round((a + b) * group.count), group.count)
    device = np.array(["A"] * first + ["B"] * (second - first) + [""] * (group.count - second))
    rng.shuffle(device)
    return device


def _mmsi(rng: np.random.Generator, kind: str, n: int, taken: set[int]) -> list[int]:
    mids, weights = zip(*(_HOME if kind in _DOMESTIC else _FLAGS), strict=True)
    given: list[int] = []
    while len(given) < n:
        mmsi = int(rng.choice(mids, p=weights)) * 1_000_000 + int(rng.integers(1000, 1_000_000))
        if mmsi not in taken:
            taken.add(mmsi)
            given.append(mmsi)
    return given


def _imo(rng: np.random.Generator, n: int) -> NDArray[np.int64]:
    """IMO numbers with their check digit: the digits times 7, 6, 5, 4, 3, 2 summed, last digit (IMO A.1117(30))."""
    stem = rng.integers(910_000, 999_999, n)
    digits = stem[:, None] // 10 ** np.arange(5, -1, -1) % 10
    return np.asarray(stem * 10 + (digits * np.arange(7, 1, -1)).sum(1) % 10)


def _call_sign(rng: np.random.Generator) -> str:
    return "J" + "".join(rng.choice(list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), 3)) + str(rng.integers(2, 10))
