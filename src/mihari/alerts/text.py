"""Text from outside (names, notes, sentences) -> text that may be kept and shown anywhere, in any language.

What would act on a screen or in a database instead of being read becomes U+FFFD: control characters, overrides of the
direction of writing (Unicode UAX 9), other invisible formats, lone surrogates. What is markup in HTML or SQL is
ordinary text and stays.
"""

from __future__ import annotations

import unicodedata

STRANGE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})  # general categories that are not to be read
MARK = "�"
SENTENCE_MAX = 2000  # characters kept of one sentence or note
NAME_MAX = 80
MARKDOWN = "\\`*_{}[]()#+!|~"


def clean(text: str, most: int = SENTENCE_MAX) -> str:
    """The text on one line, nothing in it acts; cut to `most` characters, which is shown by an ellipsis.

    >>> clean("KAIYO\\u202eURAM\\x1b[31m<b>\\ud800\\n x")
    'KAIYO�URAM�[31m<b>� x'
    >>> clean("abcdef", 4)
    'abc…'
    """
    text = text[: 4 * most]  # the rest would be cut anyway
    line = " ".join("".join(_shown(c) for c in text).split())
    return line if len(line) <= most else line[: most - 1] + "…"


def _shown(character: str) -> str:
    if character in "\n\r\t":
        return " "
    return MARK if unicodedata.category(character) in STRANGE else character


def markdown(text: str) -> str:
    """The text as Markdown shows it literally: nothing of it is markup.

    >>> markdown("<b>*x*|y")
    '&lt;b&gt;\\\\*x\\\\*\\\\|y'
    """
    plain = clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(f"\\{c}" if c in MARKDOWN else c for c in plain)
