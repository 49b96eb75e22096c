"""Events of a layout seen before, without parsing XML again: what stands between the quotes is all that differs.

A program writes all its events alike. So an event is cut at its quotes: the pieces between the values are its layout,
and a layout is understood once, by a strict grammar of plain events (no entities, comments, nested or foreign names).
An event of that layout whose values hold nothing that XML treats specially has the same elements and attributes. At the
least doubt the answer is None, and the general parser reads the event: tests hold both answers against each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from mihari.formats.cot.details import FIELDS, READ

# what an event says in attributes of `<event>` and `<point>`; of those in OPTIONAL an absent one is ''
NAMES = ("uid", "type", "how", "version", "time", "start", "stale", "lat", "lon", "hae", "ce", "le")
OPTIONAL = ("access", "qos", "opex")
Told = tuple[list[Any], dict[str, Any]]  # values of NAMES and OPTIONAL as text, fields of the detail

MOST = 128  # values of a plain event
LONGEST = 4096  # characters of a layout: what is remembered stays small
_MARK = 0xE000  # value k of a layout is written as this private character + k while the layout is read
_SAID = "\ue0ff"  # and the text of the remarks as this one
_NAME = r"[A-Za-z_][\w.\-]*+"
_ATTRIBUTES = rf"""((?: {_NAME}=["'][\ue000-\ue0fe]["'])*+)[ ]?"""
_DECLARED = re.compile(
    r"""<\?xml version=["']1\.0["'](?: encoding=["'](?i:utf-8)["'])?(?: standalone=["'](?:yes|no)["'])?[ ]?\?>\n?"""
)
_HEAD = re.compile(rf"<event{_ATTRIBUTES}><point{_ATTRIBUTES}(?:/>|></point>)(<detail>)?", re.ASCII)
_CHILD = re.compile(rf"<({_NAME}){_ATTRIBUTES}(?:/>|>({_SAID})?</\1>)", re.ASCII)
_ATTRIBUTE = re.compile(r"([^ =]+)=.(.)")
_MARKS = re.compile(r"[\ue000-\ue0fe]")
_ENDS = {True: "</detail></event>", False: "</event>"}


@dataclass(frozen=True, slots=True)
class _Run:
    """Children that stay XML: from the last `begin` characters of one piece to the first `end` of another."""

    first: int
    last: int
    begin: int
    end: int
    whole: str  # of children without a value


@dataclass(frozen=True, slots=True)
class _Layout:
    tags: int  # how many "<"
    values: tuple[int, ...]  # pieces of NAMES and OPTIONAL
    fields: tuple[tuple[str, Callable[[str], Any], int, bool], ...]  # field, its reader, piece, whether it must be read
    runs: tuple[_Run, ...]
    remarks: bool


def read(data: bytes) -> Told | None:
    """What an event says, if its layout is plain and its values are.

    >>> told, fields = read(
    ...     b"<event version='2.0' uid='u' type='t' how='h' time='1' start='2' stale='3'><point lat='4' lon='5' hae='6'"
    ...     b" ce='7' le='8'/><detail><contact callsign='KAI'/><x y='1'/><remarks>a \\"b\\"</remarks></detail></event>")
    >>> told
    ['u', 't', 'h', '2.0', '1', '2', '3', '4', '5', '6', '7', '8', '', '', '']
    >>> fields
    {'callsign': 'KAI', 'remarks': 'a "b"', 'xml_detail': "<x y='1'/>"}
    >>> read(b'<event uid="a&amp;b"><point lat="1"/></event>') is None
    True
    """
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    if declared := _DECLARED.match(text):
        text = text[declared.end() :]
    if "&" in text or not text.isprintable():  # no line breaks, no private characters
        return None
    text, said = _without_remarks(text)
    quote = '"' if '"' in text[:64] else "'"
    pieces = text.split(quote)
    glue = quote.join(pieces[::2])
    if not (1 < len(pieces) < 2 * MOST and len(pieces) % 2) or len(glue) > LONGEST:
        return None
    layout = _understood(glue, quote)
    if layout is None or text.count("<") != layout.tags or said == "" or "<" in (said or ""):
        return None
    return _told(layout, pieces, quote, said)


def _without_remarks(text: str) -> tuple[str, str | None]:
    """Before the text is cut: remarks hold quotes as they like, and would make each event a layout of its own."""
    end = text.find("</remarks>")
    if end < 0:
        return text, None
    begin = text.rfind(">", 0, end) + 1
    return text[:begin] + _SAID + text[end:], text[begin:end]


def _told(layout: _Layout, pieces: list[str], quote: str, said: str | None) -> Told | None:
    fields: dict[str, Any] = {}
    for field, reader, k, needed in layout.fields:
        value = reader(pieces[k])
        if value is not None:
            fields[field] = value
        elif needed:
            return None
    if layout.remarks:
        fields["remarks"] = said
    if layout.runs:
        kept = "".join(_raw(run, pieces, quote) for run in layout.runs)
        fields["xml_detail"] = kept if said is None else kept.replace(_SAID, said)
    pieces.append("")  # of what is absent
    return [pieces[k] for k in layout.values], fields


def _raw(run: _Run, pieces: list[str], quote: str) -> str:
    if run.whole:
        return run.whole
    middle = quote.join(pieces[run.first : run.last + 1])
    return f"{pieces[run.first - 1][-run.begin :]}{quote}{middle}{quote}{pieces[run.last + 1][: run.end]}"


@lru_cache(maxsize=256)
def _understood(glue: str, quote: str) -> _Layout | None:
    """The layout whose pieces between values are `glue`; None where it is not plain."""
    pieces = glue.split(quote)
    text = pieces[0] + "".join(f"{quote}{chr(_MARK + k)}{quote}{piece}" for k, piece in enumerate(pieces[1:]))
    head = _HEAD.match(text)
    if head is None or "xmlns" in text:
        return None
    at, children = head.end(), []
    while head[3] and (found := _CHILD.match(text, at)):
        children.append(found)
        at = found.end()
    values = _values(head)
    own = [child[1] for child in children if child[1] in FIELDS]
    if text[at:] != _ENDS[head[3] is not None] or values is None or len(set(own)) < len(own):
        return None
    return _layout(text, values, children)


def _values(head: re.Match[str]) -> tuple[int, ...] | None:
    """Pieces of NAMES and OPTIONAL; None where one is missing, twice there or unknown."""
    event, point = _places(head[1]), _places(head[2])
    if event is None or point is None or event.keys() & point.keys():
        return None
    told = event | point
    if not set(NAMES) <= told.keys() or not point.keys() <= set(NAMES[7:]) or set(NAMES[7:]) & event.keys():
        return None
    return tuple(told.get(name, -1) for name in (*NAMES, *OPTIONAL))


def _places(attributes: str) -> dict[str, int] | None:
    """Attribute -> number of the piece that is its value; None where a name comes twice."""
    found = _ATTRIBUTE.findall(attributes)
    told = {name: _piece(mark) for name, mark in found}
    return told if len(told) == len(found) else None


def _piece(mark: str) -> int:
    return 2 * (ord(mark) - _MARK) + 1


def _layout(text: str, values: tuple[int, ...], children: list[re.Match[str]]) -> _Layout | None:
    fields: list[tuple[str, Callable[[str], Any], int, bool]] = []
    runs: list[str] = []
    joined = False  # whether the child before stays XML, too
    remarks = False
    for child in children:
        told, names = _places(child[2]), FIELDS.get(child[1])
        if told is None:
            return None
        known = {} if names is None else {name: names[name] for name in told if name in names}
        if child[1] == "remarks":
            whole, remarks = bool(child[3]) and not told, bool(child[3])
        else:
            whole = names is not None and 0 < len(told) == len(known)
        fields += [(field, READ[field], told[name], whole) for name, field in known.items()]
        if not whole:
            runs[-1:] = [runs[-1] + child[0]] if joined else [*runs[-1:], child[0]]
        joined = not whole
    return _Layout(text.count("<"), values, tuple(fields), tuple(_run(run) for run in runs), remarks)


def _run(raw: str) -> _Run:
    marks = list(_MARKS.finditer(raw))
    if not marks:
        return _Run(0, 0, 0, 0, raw)
    begin, end = marks[0].start() - 1, len(raw) - marks[-1].end() - 1
    return _Run(_piece(marks[0][0]), _piece(marks[-1][0]), begin, end, "")
