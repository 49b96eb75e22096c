"""Words from outside -> HTML in which nothing acts: the only place where tags are put around text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from mihari.alerts.text import clean


def escaped(words: object) -> str:
    """Text as it is read: no markup, no control of the screen; its lines are kept.

    >>> escaped("<b>'x'\\x1b")
    '&lt;b&gt;&#x27;x&#x27;�'
    """
    return escape("\n".join(clean(line, 20_000) for line in str(words).split("\n")), quote=True)


def tag(name: str, words: object, kind: str = "") -> str:
    """Words in a tag; `kind`: its class.

    >>> tag("td", "<i>", "soft")
    "<td class='soft'>&lt;i&gt;</td>"
    """
    return f"<{name}{_class(kind)}>{escaped(words)}</{name}>"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], kind: str = "") -> str:
    """A table of cells that are HTML already; '' without rows."""
    body = "\n".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    if not body:
        return ""
    head = "<tr>" + "".join(tag("th", one) for one in heads) + "</tr>\n" if heads else ""
    return f"<table{_class(kind)}>\n{head}{body}\n</table>"


def _class(kind: str) -> str:
    return f" class='{kind}'" if kind else ""
