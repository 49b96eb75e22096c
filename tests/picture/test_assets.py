"""Assets of the picture: the newest of each field, and how their links are."""

from __future__ import annotations

import math

from mihari.core.asset import Asset, AssetKind, LinkState, Telemetry
from mihari.picture.assets import MOST, AssetBook


def told(time: float, **more: object) -> Telemetry:
    return Telemetry("tb3", time, time + 0.1, 26.0, 127.0, **more)  # type: ignore[arg-type]


def test_what_is_not_told_keeps_what_was_told_before() -> None:
    book = AssetBook([Asset("tb3", AssetKind.AIRCRAFT, "tb3", "Sato")])
    book.take(told(10.0, height=900.0, energy=0.9, mode="mission"))
    book.take(told(11.0))
    [one] = book.assets
    assert (one.height, one.energy, one.mode, one.operator, one.time) == (900.0, 0.9, "mission", "Sato", 11.0)


def test_old_telemetry_changes_no_place_but_was_heard() -> None:
    book = AssetBook([Asset("auv", AssetKind.UNDERWATER)])
    book.take(Telemetry("auv", 100.0, 100.0, 26.5, 127.0))
    book.take(Telemetry("auv", 50.0, 140.0, 26.0, 127.0))
    [one] = book.assets
    assert (one.lat_deg, one.time, one.heard) == (26.5, 100.0, 140.0)


def test_links_fall_silent_and_divers_are_away() -> None:
    kinds = {"air": AssetKind.AIRCRAFT, "diver": AssetKind.UNDERWATER, "crew": AssetKind.CREW}
    book = AssetBook([Asset(name, kind) for name, kind in kinds.items()])
    for name in kinds:
        book.take(Telemetry(name, 0.0, 0.0, 26.0, 127.0))
    seen = {}
    for time in (1.0, 10.0, 100.0, 1000.0):
        book.pass_time(time)
        seen[time] = [one.link for one in book.assets]
    up, late, lost, away = LinkState.UP, LinkState.LATE, LinkState.LOST, LinkState.AWAY
    assert seen == {1.0: [up, up, up], 10.0: [late, late, up], 100.0: [lost, away, up], 1000.0: [lost, away, lost]}


def test_what_a_camera_showed_is_not_shown_for_ever() -> None:
    book = AssetBook([Asset("tb3", AssetKind.AIRCRAFT)])
    book.take(told(10.0, looks=((26.0, 127.0), (26.1, 127.0), (26.1, 127.1))))
    book.take(told(11.0))
    assert len(book.assets[0].looks) == 3
    book.take(told(30.0))
    assert book.assets[0].looks == ()


def test_invented_names_are_bounded() -> None:
    book = AssetBook()
    for k in range(MOST + 50):
        book.take(Telemetry(f"x{k}", 1.0, 1.0, 26.0, 127.0))
    assert len(book.assets) == MOST
    assert book.unknown == 50


def test_another_node_file_keeps_what_is_known() -> None:
    book = AssetBook([Asset("tb3", AssetKind.AIRCRAFT, "tb3"), Asset("auv", AssetKind.UNDERWATER, "auv")])
    book.take(told(10.0, height=900.0))
    book.take(Telemetry("stranger", 1.0, 1.0, 26.0, 127.0))
    book.reconfigure([Asset("tb3", AssetKind.AIRCRAFT, "tb3", "Mori")])
    names = {one.name: one for one in book.assets}
    assert set(names) == {"tb3", "stranger"}
    assert (names["tb3"].height, names["tb3"].operator) == (900.0, "Mori")
    assert math.isnan(names["stranger"].height)
