"""The parts of a case's report, as HTML: head, story, legend, events, evidence, pictures, dossiers, log."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

from mihari.cases.body import TITLES, vessel_name
from mihari.cases.charts import colours, met
from mihari.cases.edit import Edit
from mihari.cases.held import Held, Item
from mihari.cases.html import escaped, table, tag
from mihari.cases.timeline import timeline
from mihari.core.flags import flag_of
from mihari.core.times import told_time
from mihari.picture.claims import category_of

STORY = ("done", "done_by", "ended_by", "sooner", "pattern")
OUTCOMES = {"confirmed": "confirmed: it was so", "benign": "benign: it had an innocent reason",
            "false": "false: it was not so", "unknown": "unknown: it was not found out"}  # fmt: skip
LISTED_MAX = 100


def head(found: Held, now: float, station: str) -> str:
    """What, when, where, how it ended."""
    case, first = found.case, _first(found)
    outcome = OUTCOMES.get(case["outcome"], "not said yet")
    kinds = ", ".join(dict.fromkeys(b["kind"] for b in found.behaviours)) or "nothing found by behaviours"
    made = f"{told_time(now)}{' at ' + station if station else ''}"
    words = [case["words"][name] for name in ("outcome", "outcome_kind") if name in case["words"]]
    became = escaped(f"; {case['outcome_kind']}" * bool(case["outcome_kind"])) + "".join(map(_earlier, words))
    rows = [
        ("What", escaped("; ".join(a["because"] for a in found.alerts) or case["title"]) + _soft(kinds)),
        ("When", escaped(_when(found))),
        ("Where", escaped(f"{first[0]:.4f}, {first[1]:.4f} (degrees north, east)" if first else "no place is known")),
        ("Vessels", escaped(", ".join(vessel_name(v) for v in found.items("vessel")) or "none")),
        ("Outcome", f"<span class='outcome'>{escaped(outcome)}</span>" + became),
        ("Status", escaped(case["status"])),
        ("Opened", escaped(f"{told_time(case['opened'])} by {case['opened_by']}")),
        ("Report made", escaped(made)),
        ("Case", f"<code>{escaped(case['uuid'])}</code>" + _soft(f"number {case['number']} at this node")),
    ]
    cells = [(tag("span", name, "soft"), words) for name, words in rows]
    title = tag("h1", f"Case {case['number']}: {case['title']}") + _earlier(case["words"].get("title"))
    return title + table((), cells)


def story(found: Held) -> str:
    """What people say of it, with every earlier word."""
    words = found.case["words"]
    parts = [tag("h2", "Analysis") + _written(words["analysis"])] if "analysis" in words else []
    rows = [(tag("span", _capital(TITLES[name]), "soft"), _written(words[name])) for name in STORY if name in words]
    parts += [tag("h2", "How it ended") + table((), rows)] if rows else []
    for name, title in (("action", "Actions taken"), ("note", "Notes")):
        items = found.case["lists"][name]
        if items:
            parts.append(tag("h2", title) + "\n".join(_said(item) for item in items))
    return "\n".join(parts)


def _written(word: dict[str, Any]) -> str:
    says = tag("p", word["value"] or "(taken back)")
    return says + _soft(f"{word['who']}, {told_time(word['time'])}") + _earlier(word)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def legend(found: Held) -> str:
    """Which colour is which vessel, which number is which behaviour."""
    rows = []
    for key, colour in colours(found).items():
        shown = found.named({"mmsi": key[0], "vessel": key[1]})
        rows.append(f"<li><span class='key' style='background:{colour}'></span>{escaped(shown)}</li>")
    marks = "A ring is where a track begins, a triangle where it ends; dashes cross silences of more than 30 min."
    for number, b in enumerate(found.behaviours, 1):
        shape = "diamond" if met(b) else "cross"
        rows.append(f"<li>{shape} {number}: {escaped(b['kind'])}, {escaped(b['because'])}</li>")
    return f"<figcaption><ul>{''.join(rows)}</ul>{tag('p', marks, 'soft')}</figcaption>"


def events(found: Held) -> str:
    """Everything that has a time."""
    rows = [(escaped(told_time(e.time)), escaped(e.what), escaped(e.who), escaped(e.source)) for e in timeline(found)]
    return table(("Time, UTC", "What", "Who", "From"), rows) or "<p>Nothing that has a time.</p>"


def evidence(found: Held) -> str:
    """Each piece with its hash; what could not be read or shown, too."""
    rows = []
    for item in found.case["lists"]["evidence"]:
        gone = item["withdrawn"]
        what = tag("span", item["what"], "gone" if gone else "")
        what += _soft(f"withdrawn by {gone['who']}: {gone['why']}") if gone else ""
        what += "" if item["here"] else _soft("not at this node: only its hash is")
        size = f"{item['size']} bytes, {item['media']}"
        rows.append((escaped(item["kind"]), what + f"<div class='hash'>{escaped(item['sha256'])}</div>", escaped(size)))
    missing = "".join(tag("li", problem) for problem in found.problems)
    told = table(("Kind", "What, and SHA-256", "Size"), rows) or "<p>None.</p>"
    return tag("h2", "Evidence") + told + (f"<h3>What is not shown</h3><ul>{missing}</ul>" if missing else "")


def pictures(found: Held) -> str:
    """The pictures themselves."""
    shown = []
    for item, data in found.pictures:
        source = f"data:{item['media']};base64,{base64.b64encode(data).decode()}"
        words = tag("figcaption", f"{item['what']}; SHA-256 {item['sha256']}", "soft")
        shown.append(f"<figure><img alt='{escaped(item['what'])}' src='{source}'>{words}</figure>")
    return tag("h2", "Pictures") + "\n".join(shown) if shown else ""


def dossiers(found: Held) -> str:
    """What is known of each vessel."""
    return "\n".join(_dossier(vessel, told, found.case["uuid"]) for vessel, told in found.dossiers)


def _dossier(vessel: Item, told: dict[str, Any], mine: str) -> str:
    """One vessel's; cases other than `mine`."""
    flag = f"flag by its MMSI: {told['flag'] or 'none that is given'}" if told["mmsi"] else "it tells no MMSI"
    claims = [
        (escaped(c["field"].replace("_", " ")), escaped(_value(c)), escaped(f"{c['count']} times"), escaped(_span(c)))
        for c in told["claims"]
    ]
    met_with = [(escaped(told_time(m["start"])), escaped(_meeting(m))) for m in told["meetings"][:LISTED_MAX]]
    past = [
        (escaped(told_time(a["first"])), escaped(f"alert {a['number']}: {a['because']}"), escaped(a["outcome"]))
        for a in told["alerts"][:LISTED_MAX]
    ]
    did = [
        (escaped(told_time(b["start"])), escaped(f"{b['kind']}, {b['standing'].replace('_', ' ')}: {b['because']}"))
        for b in told["behaviours"][:LISTED_MAX]
    ]
    others = [c for c in told["cases"] if c["uuid"] != mine]
    cases = [(escaped(f"case {c['number']}"), escaped(c["title"]), escaped(c["outcome"])) for c in others]
    parts = [tag("h2", f"Dossier: {vessel_name(vessel)}"), tag("p", flag, "soft")]
    for title, heads, rows in (
        ("Claims: what it says of itself", ("Field", "Value", "Told", "When"), claims),
        ("Alerts", ("Since", "What", "Outcome"), past),
        ("Behaviours", ("Since", "What"), did),
        ("Meetings", ("Since", "With whom"), met_with),
        ("Other cases", ("Case", "Title", "Outcome"), cases),
    ):
        parts.append(tag("h3", title) + table(heads, rows) if rows else "")
    parts += [tag("p", f"Pictures kept: {len(told['pictures'])}", "soft")] if told["pictures"] else []
    return "\n".join([*parts, *(tag("p", f"Not known: {why}", "soft") for why in told["missing"])])


def not_understood(found: Held) -> str:
    """Edits that a newer version wrote."""
    rows = [
        (escaped(told_time(one["time"])), escaped(one["who"]), escaped(one["field"]), escaped(one["value"]))
        for one in found.case["not_understood"]
    ]
    return tag("h2", "Not understood here") + table(("Time, UTC", "Who", "Field", "Value"), rows) if rows else ""


def log(found: Held) -> str:
    """Who did what, and the hash of all edits, by which two nodes see that they hold the same case."""
    rows = [
        (escaped(told_time(line["time"])), escaped(line["what"]), escaped(line["who"]), _code(line["author"][:12]))
        for line in found.case["log"]
    ]
    said = f"SHA-256 of the ids of all {len(found.edits)} edits, sorted, one a line: two nodes with this hash hold the "
    told = tag("h2", "Who did what") + table(("Time, UTC", "What", "Who", "Node"), rows)
    return told + f"<p class='soft'>{said}same case. <code>{edits_hash(found.edits)}</code></p>"


def edits_hash(edits: tuple[Edit, ...]) -> str:
    """By which two nodes see that they hold the same case."""
    return hashlib.sha256("".join(f"{one}\n" for one in sorted(e.uuid for e in edits)).encode()).hexdigest()


def _when(found: Held) -> str:
    starts = [b["start"] for b in found.behaviours]
    if not starts:
        return "no time is known"
    ends = [b["end"] for b in found.behaviours]
    over = "going on when the case was opened" if None in ends else told_time(max(ends))
    return f"{told_time(min(starts))} to {over}"


def _first(found: Held) -> tuple[float, float] | None:
    for alert in found.alerts:
        return float(alert["lat_deg"]), float(alert["lon_deg"])
    return next(((float(t.lat_deg[0]), float(t.lon_deg[0])) for _, t in found.tracks), None)


def _value(claim: dict[str, Any]) -> str:
    if claim["field"] != "ship_type":
        return str(claim["value"])
    return f"{claim['value']}: {category_of(claim['value'], 0).name.lower().replace('_', ' ')}"


def _span(claim: dict[str, Any]) -> str:
    return f"{told_time(claim['first'])} to {told_time(claim['last'])}"


def _meeting(m: dict[str, Any]) -> str:
    flag = f", {flag_of(m['mmsi'])}" if m["mmsi"] and flag_of(m["mmsi"]) else ""
    return f"{vessel_name(m)}{flag}: {m['kind']}, {m['because']}"


def _said(item: Item) -> str:
    gone = item["withdrawn"]
    by = f"{item['by']}; written by " if item.get("by") else ""
    when = f" ({told_time(item['done_at'])})" if item.get("done_at") is not None else ""
    words = tag("p", item["text"], "gone" if gone else "")
    words += _soft(f"{by}{item['who']}, {told_time(item['time'])}{when}")
    return words + (_soft(f"withdrawn by {gone['who']}: {gone['why']}") if gone else "")


def _earlier(word: dict[str, Any] | None) -> str:
    """Earlier words of a field, whose they were and whose counts."""
    return "".join(_soft(line) for line in _disagreed(word)) if word else ""


def _disagreed(word: dict[str, Any]) -> Iterator[str]:
    later = word["who"]
    for one in word["earlier"]:
        counts = "their own later word" if one["who"] == later else f"{later}'s later word"
        yield f"{one['who']} wrote “{one['value']}” at {told_time(one['time'])}; {counts} counts."


def _soft(words: str) -> str:
    return tag("div", words, "soft")


def _code(words: str) -> str:
    return tag("code", words)
