"""The scores of `mihari score` -> tables for people: each figure with its unit and what is best."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Row = tuple[str, str, str]  # what it is, its value, what is best
WIDTH = 43  # of the first column in every table, so that they stand below one another
PAGE = 100  # characters, where the output is no terminal


def show(found: Mapping[str, Any]) -> None:
    """Print the scores on standard output."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=PAGE)
    over = found["over"]
    console.print(_opening(over, found["settings"]["everyone"]), soft_wrap=True)
    limit = found.get("clairvoyant")
    beside = dict(sections(limit)) if limit else {}
    for title, rows in sections(found):
        table = Table(title, "", *(["clairvoyant"] if limit else []), "best", box=None, pad_edge=False)
        for column in table.columns[1:]:
            column.justify = "right"
        table.columns[0].min_width = WIDTH
        table.columns[-1].style = "dim"
        other = {name: value for name, value, _ in beside.get(title, [])}
        for name, value, best in rows:
            table.add_row(name, value, *([other.get(name, "")] if limit else []), best)
        console.print(table)
        console.print()


def _opening(over: Mapping[str, Any], everyone: bool) -> str:
    """What was judged, in a sentence."""
    time = f"{over['moments']} moments from {over['begin']} to {over['end']}"
    out = f"{figure(over['out_of_cover_mean'])} out of cover not judged"
    at_once = f"{figure(over['vessels_mean'])} at a time" + ("" if everyone else f", {out}")
    who = "vessels, in cover or not" if everyone else "vessels in cover"
    return f"{time}: {over['vessels']} {who} ({at_once}), {over['tracks']} tracks"


def figure(value: float | None, unit: str = "", share: bool = False) -> str:
    """A number as people read it.

    >>> figure(0.9512, share=True), figure(1234.567, "m"), figure(None), figure(3)
    ('95.1 %', '1235 m', '–', '3')
    """
    if value is None:
        return "–"
    if share:
        return f"{100 * value:.1f} %"
    text = f"{value:.0f}" if isinstance(value, int) or abs(value) >= 1000 else f"{value:.4g}"
    return f"{text} {unit}".rstrip()


def sections(found: Mapping[str, Any]) -> list[tuple[str, list[Row]]]:
    """The tables, in the order in which they are read."""
    made = [
        (_gospa_title(found["settings"]), _gospa(found)),
        ("Identity", _identity(found["identity"])),
        ("SIAP", _siap(found["siap"])),
        ("Consistency", _consistency(found["consistency"])),
        ("Pairing of AIS and radar", _pairing(found["pairing"])),
        ("Alerts", _alerts(found.get("alerts"))),
    ]
    return [(title, rows) for title, rows in made if rows]


def _gospa_title(s: Mapping[str, Any]) -> str:
    return f"GOSPA and OSPA (order {s['order']:g}, cutoff {s['cutoff']:g} m, alpha {s['alpha']:g})"


def _gospa(found: Mapping[str, Any]) -> list[Row]:
    g, window = found["gospa"], found["settings"]["window"]
    return [
        ("GOSPA, mean", figure(g["mean"], "m"), "0"),
        ("GOSPA, last moment", figure(g["last"], "m"), "0"),
        ("error of the pairs, RMS", figure(g["rms"], "m"), "0"),
        ("missed vessels, mean", figure(g["missed_vessels"]), "0"),
        ("false tracks, mean", figure(g["false_tracks"]), "0"),
        ("OSPA, mean", figure(found["ospa"], "m"), "0"),
        (f"OSPA(2) over {window:g} s, mean", figure(found["ospa2"], "m"), "0"),
    ]


def _identity(i: Mapping[str, Any]) -> list[Row]:
    return [
        ("vessels never held", f"{i['never']} of {i['vessels']}", "0"),
        ("identity switches", figure(i["switches"]), "0"),
        ("lost and found again", figure(i["breaks"]), "0"),
        ("track ids of a vessel, mean (most)", f"{figure(i['fragmentation'])} ({i['most_ids']})", "1"),
        ("purity of tracks", figure(i["purity"], share=True), "100 %"),
        ("share of a vessel's time in its best track", figure(i["longest"], share=True), "100 %"),
        ("time to the first track, mean", figure(i["first_mean"], "s"), "0"),
        (
            "time to the first track, median and 95 %",
            f"{figure(i['first_median'])}, {figure(i['first_p95'], 's')}",
            "0",
        ),
    ]


def _siap(s: Mapping[str, Any]) -> list[Row]:
    return [
        ("completeness", figure(s["completeness"], share=True), "100 %"),
        ("ambiguity, tracks for each vessel", figure(s["ambiguity"]), "1"),
        ("spuriousness", figure(s["spuriousness"], share=True), "0"),
        ("position error, mean", figure(s["position"], "m"), "0"),
        ("velocity error, mean", figure(s["velocity"], "m/s"), "0"),
        ("changes of track number", figure(s["changes"], "/s"), "0"),
        ("longest track segment", figure(s["longest"], share=True), "100 %"),
    ]


def _consistency(c: Mapping[str, Any]) -> list[Row]:
    rows = [
        ("NEES per dimension, position", figure(c["position"]), "1"),
        ("NEES per dimension, velocity", figure(c["velocity"]), "1"),
        ("NEES per dimension, state", figure(c["state"]), "1"),
        ("vessels inside the 95 % ellipse", figure(c["inside"], share=True), "95 %"),
    ]
    for by in ("speed", "range"):
        for name, one in c[f"by_{by}"].items():
            told = f"{figure(one['position'])}, {figure(one['inside'], share=True)} of {one['pairs']}"
            rows.append((f"  {name}: NEES, inside", told, "1, 95 %"))
    return rows


def _pairing(p: Mapping[str, Any] | None) -> list[Row]:
    if p is None:
        return [("not told: the track file has no column mmsi", "–", "")]
    return [
        ("precision", f"{figure(p['precision'], share=True)} of {p['pairings']}", "100 %"),
        ("recall", f"{figure(p['recall'], share=True)} of {p['possible']}", "100 %"),
    ]


def _alerts(a: Mapping[str, Any] | None) -> list[Row]:
    if a is None:
        return []
    rows = [
        ("precision", f"{figure(a['precision'], share=True)} of {a['alerts']}", "100 %"),
        ("recall", f"{figure(a['recall'], share=True)} of {a['events']}", "100 %"),
        ("fooled by what is innocent", f"{a['fooled']} of {a['alike']}", "0"),
        ("told more than once", figure(a["repeats"]), "0"),
        ("latency, mean", figure(a["latency_mean"], "s"), "0"),
        ("latency, median and 95 %", f"{figure(a['latency_median'])}, {figure(a['latency_p95'], 's')}", "0"),
        ("false alerts for 1,000 vessel-days", figure(a["false_per_1000_vessel_days"]), "0"),
    ]
    for kind, one in a.get("by_kind", {}).items():
        told = f"{figure(one['precision'], share=True)}, {figure(one['recall'], share=True)}"
        rows.append((f"  {kind}: precision, recall", told, "100 %"))
    return rows
