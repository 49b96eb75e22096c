"""XML text <-> elements, by lxml: UTF-8, without network, document types or entities, bounded in size and depth."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from mihari.core.errors import FormatError
from mihari.formats.cot.event import MAX_EVENT
from mihari.formats.cot.values import ILLEGAL, escaped

# a child of `<detail>`: tag, attributes, text, whether it has no children of its own, all of it as XML
Element = tuple[str, dict[str, str], str | None, bool, str]

# plain children: names of ASCII letters, one space between attributes, no entities, no folded space (XML 1.0 §3.3.3)
_NAME = r"[A-Za-z_][\w.\-]*+"
_ATTRIBUTE = re.compile(r' ([^ =]+)="([^"]*)"')
_CHILD = re.compile(rf'<({_NAME})((?: {_NAME}="[^"<&\t\n\r]*+")*+)(?:/>|>([^<&\r]*+)</\1>)', re.ASCII)


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


_PARSER = _parser()


def rooted(data: bytes) -> Any:
    """The root element of a document; FormatError "xml", "dtd" or "too_long"."""
    bounded(data)
    try:
        root = etree.fromstring(data, _PARSER)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise FormatError("xml", f"no XML: {' '.join(str(error).split())}"[:120]) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise FormatError("dtd", "a document type where an event was expected")
    return root


def bounded(data: bytes) -> None:
    """FormatError "too_long"."""
    if len(data) > MAX_EVENT:
        raise FormatError("too_long", f"an event of {len(data)} bytes")


def fragment(detail: str) -> Any:
    """The `<detail>` element around the text of its children; FormatError where that is not well-formed."""
    return rooted(f"<detail>{detail}</detail>".encode())


def detail_children(detail: str) -> tuple[list[Element], str]:
    """Children of a `<detail>` that is told by the text inside, and the text between them; FormatError.

    >>> detail_children('<x y="1"/><z>2</z>')
    ([('x', {'y': '1'}, None, True, '<x y="1"/>'), ('z', {}, '2', True, '<z>2</z>')], '')
    """
    plain = _plain_children(detail)
    return walked_detail(fragment(detail)) if plain is None else (plain, "")


def _plain_children(detail: str) -> list[Element] | None:
    """By a regular expression, where it is sure to say what the parser would; else None."""
    at, children = 0, []
    if "xmlns" in detail or "]]>" in detail or ILLEGAL.search(detail):
        return None
    while found := _CHILD.match(detail, at):
        told = _ATTRIBUTE.findall(found[2])
        if len(attributes := dict(told)) < len(told):
            return None
        children.append((found[1], attributes, found[3] or None, True, found[0]))
        at = found.end()
    return children if at == len(detail) else None


def walked_detail(detail: Any) -> tuple[list[Element], str]:
    """The children of a `<detail>` and the text between them.

    FreeTAKServer 2 passes `<remarks>text</remarks>` on as `<detail remarks="text">`: taken for what it was. Other
    attributes of `<detail>`, of which there should be none, are not kept.
    """
    children = [
        (
            child.tag, dict(child.items()), child.text, not len(child),
            etree.tostring(child, encoding="unicode", with_tail=False),
        )
        for child in detail
    ]  # fmt: skip
    if (text := detail.get("remarks")) and not any(child[0] == "remarks" for child in children):
        children.append(("remarks", {}, text, True, f"<remarks>{escaped(text)}</remarks>"))
    pieces = [detail.text, *(child.tail for child in detail)]
    return children, "".join(escaped(piece) for piece in pieces if piece and piece.strip())
