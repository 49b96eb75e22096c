"""Events of a layout seen before, without parsing XML again: what stands between the quotes is all that differs.

A program writes all its events alike. So an event is cut at its quotes: the pieces between the values are its layout,
and a layout is understood once, by a strict grammar of plain events (no entities, comments, nested or foreign names).
An event of that layout whose values hold nothing that XML treats specially has the same elements and attributes. At the
least doubt the answer is None, and the general parser reads the event: tests hold both answers against each other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

# a child of `<detail>`: tag, attributes, text, whether it has no children of its own, all of it as XML
Element = tuple[str, dict[str, str], str | None, bool, str]
# attributes of `<event>` and of `<point>`, the children of `<detail>`, text that stands between them
Read = tuple[dict[str, str], dict[str, str], list[Element], str]

MOST = 128  # values of a plain event
LONGEST = 4096  # characters of a layout: what is remembered stays small
_MARK = 0xE000  # value k of a layout is written as this private character + k while the layout is read
_NAME = r"[A-Za-z_][\w.\-]*+"
_ATTRIBUTES = rf"""((?: {_NAME}=["'][\ue000-\ue0ff]["'])*+)[ ]?"""
_DECLARED = re.compile(
    r"""<\?xml version=["']1\.0["'](?: encoding=["'](?i:utf-8)["'])?(?: standalone=["'](?:yes|no)["'])?[ ]?\?>\n?"""
)
_HEAD = re.compile(rf"<event{_ATTRIBUTES}><point{_ATTRIBUTES}(?:/>|></point>)(<detail>)?", re.ASCII)
_CHILD = re.compile(rf"<({_NAME}){_ATTRIBUTES}(?:/>|></\1>)", re.ASCII)
_ATTRIBUTE = re.compile(r"([^ =]+)=.(.)")
_ENDS = {True: "</detail></event>", False: "</event>"}


@dataclass(frozen=True, slots=True)
class _Child:
    tag: str
    values: tuple[tuple[str, int], ...]  # attribute and piece
    begin: int  # characters of the piece before the first value, from its end; with no value: of `whole`
    end: int  # characters of the piece after the last value
    whole: str  # of a child without attributes


@dataclass(frozen=True, slots=True)
class _Layout:
    tags: int  # how many "<"
    event: tuple[tuple[str, int], ...]
    point: tuple[tuple[str, int], ...]
    children: tuple[_Child, ...]


def read(data: bytes) -> Read | None:
    """What an event says, if its layout is plain and its values are.

    >>> event, point, (child,), _ = read(b'<event uid="a"><point lat="1"/><detail><x y="2"/></detail></event>')
    >>> event, point, child
    ({'uid': 'a'}, {'lat': '1'}, ('x', {'y': '2'}, None, True, '<x y="2"/>'))
    >>> read(b'<event uid="a&amp;b"><point lat="1"/></event>') is None
    True
    """
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    if declared := _DECLARED.match(text):
        text = text[declared.end() :]
    quote = '"' if '"' in text[:64] else "'"
    pieces = text.split(quote)
    if not (1 < len(pieces) < 2 * MOST and len(pieces) % 2) or "&" in text or not text.isprintable():
        return None  # isprintable: no line breaks, no private characters either
    glue = quote.join(pieces[::2])
    layout = _understood(glue, quote) if len(glue) <= LONGEST else None
    if layout is None or text.count("<") != layout.tags:
        return None
    event = {name: pieces[k] for name, k in layout.event}
    point = {name: pieces[k] for name, k in layout.point}
    return event, point, [_filled(child, pieces, quote) for child in layout.children], ""


def _filled(child: _Child, pieces: list[str], quote: str) -> Element:
    values = child.values
    if not values:
        return child.tag, {}, None, True, child.whole
    first, last = values[0][1], values[-1][1]
    middle = quote.join(pieces[first : last + 1])
    raw = f"{pieces[first - 1][-child.begin :]}{quote}{middle}{quote}{pieces[last + 1][: child.end]}"
    return child.tag, {name: pieces[k] for name, k in values}, None, True, raw


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
    event, point, *inner = (_places(told) for told in (head[1], head[2], *(child[2] for child in children)))
    if text[at:] != _ENDS[head[3] is not None] or event is None or point is None or None in inner:
        return None
    made = [_child(child, values or ()) for child, values in zip(children, inner, strict=True)]
    return _Layout(text.count("<"), event, point, tuple(made))


def _places(attributes: str) -> tuple[tuple[str, int], ...] | None:
    """Attribute and number of the piece that is its value; None where a name comes twice."""
    found = tuple((name, 2 * (ord(mark) - _MARK) + 1) for name, mark in _ATTRIBUTE.findall(attributes))
    return found if len(dict(found)) == len(found) else None


def _child(found: re.Match[str], values: tuple[tuple[str, int], ...]) -> _Child:
    raw = found[0]
    if not values:
        return _Child(found[1], (), 0, 0, raw)
    begin = raw.index(chr(_MARK + values[0][1] // 2)) - 1
    return _Child(found[1], values, begin, len(raw) - 2 - raw.index(chr(_MARK + values[-1][1] // 2)), "")
