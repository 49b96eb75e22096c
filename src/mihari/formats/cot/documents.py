"""XML text <-> elements, by lxml: UTF-8, without network, document types or entities, bounded in size and depth."""

from __future__ import annotations

from typing import Any

from lxml import etree

from mihari.core.errors import FormatError
from mihari.formats.cot.event import MAX_EVENT
from mihari.formats.cot.layouts import Element
from mihari.formats.cot.values import escaped


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
