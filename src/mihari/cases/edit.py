"""One change of a case: who said what of which field, when. It is never changed and never taken away.

Its id is a UUID of version 8 (RFC 9562) made of the SHA-256 of all that it says: whoever changes a word of it changes
the id, and two nodes that hold an edit of one id hold the same edit.
"""

from __future__ import annotations

import hashlib
import math
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from mihari.alerts.audit import canonical
from mihari.alerts.text import NAME_MAX, clean
from mihari.core.errors import BadInput

VALUE_MAX = 64_000  # bytes of JSON: 10,000 characters of any writing, and what is around them
DEPTH_MAX = 32  # lists and objects within each other: the audit tells edits within more of them, JSON knows 254
EDITS_MAX = 5000  # of one case: fifty people, a hundred words each; a save folds all, 0.5 s
FIELD = re.compile(r"[a-z][a-z_]{0,39}")
AUTHOR = re.compile(r"[0-9A-Za-z._:-]{1,80}")
NAMES = ("uuid", "case", "author", "who", "lamport", "time", "field", "value")


@dataclass(frozen=True, slots=True)
class Edit:
    """`author`: the node; `who`: the person; `lamport`: of the case, 1 for its first; `time`: UTC s by the clock.

    `value`: canonical JSON. `lamport` says what its author had seen: more than any edit that it had of this case, or
    the highest that there is, where somebody has told that already: then times tell which word is later.
    """

    uuid: str
    case: str
    author: str
    who: str
    lamport: int
    time: float
    field: str
    value: str

    @property
    def told(self) -> Any:
        """The value."""
        return orjson.loads(self.value)

    @property
    def order(self) -> tuple[int, float, str, str]:
        """The later of two words has the larger one; no two edits have the same."""
        return self.lamport, self.time if self.lamport == EDITS_MAX else 0.0, self.author, self.uuid


def made(case: str, author: str, who: str, lamport: int, time: float, field: str, value: Any) -> Edit:
    """An edit with its id; BadInput where it is none that could be kept.

    >>> one = made("00000000-0000-8000-8000-000000000001", "naha", "Sato", 1, 1.79e9, "title", "Boat without lights")
    >>> one.uuid, edit_of(edit_object(one)) == one
    ('203e98b0-db0e-80a1-83e2-d66298c8bc20', True)
    """
    try:
        text = canonical(value)
    except (TypeError, ValueError):
        raise BadInput(f"{field}: expected text, numbers and lists of them that JSON can tell") from None
    parts = (case, author, who, lamport, float(time), field)
    return checked(Edit(_id_of(*parts, text), *parts, text))


def checked(edit: Edit) -> Edit:
    """The edit, where it is one: BadInput in one sentence for what is hostile, too long or not what its id says."""
    for name in ("uuid", "case"):
        if not _is_uuid(getattr(edit, name)):
            raise BadInput(f"an edit of a case: {name}: expected a UUID in lower case")
    if not AUTHOR.fullmatch(edit.author):
        raise BadInput("an edit of a case: author: expected up to 80 letters, digits or . _ : -")
    if not edit.who or clean(edit.who, NAME_MAX) != edit.who:
        raise BadInput(f"an edit of a case: who: expected a name of at most {NAME_MAX} characters")
    if not 1 <= edit.lamport <= EDITS_MAX:
        raise BadInput(f"an edit of a case: lamport: expected 1 to {EDITS_MAX}, found {edit.lamport}")
    if not (math.isfinite(edit.time) and 0 <= edit.time < 1e11):
        raise BadInput("an edit of a case: time: expected UTC s")
    if not FIELD.fullmatch(edit.field):
        raise BadInput("an edit of a case: field: expected up to 40 small letters and _")
    if len(edit.value.encode()) > VALUE_MAX:
        raise BadInput(f"an edit of a case: {edit.field}: expected at most {VALUE_MAX} bytes")
    if _deeper(edit.told, DEPTH_MAX):
        raise BadInput(f"an edit of a case: {edit.field}: expected at most {DEPTH_MAX} lists within each other")
    if edit.uuid != _id_of(edit.case, edit.author, edit.who, edit.lamport, edit.time, edit.field, edit.value):
        raise BadInput("an edit of a case: its id is not that of what it says: it was changed on its way")
    return edit


def edit_object(edit: Edit) -> dict[str, Any]:
    """An edit as plain values, as nodes exchange it."""
    return {name: getattr(edit, name) for name in NAMES} | {"value": edit.told}


def edit_of(told: Any) -> Edit:
    """The edit that `edit_object` told; BadInput where it told none."""
    if not isinstance(told, Mapping) or set(told) != set(NAMES):
        raise BadInput(f"an edit of a case: expected an object with {', '.join(NAMES)}")
    words = [told[name] for name in ("uuid", "case", "author", "who", "field")]
    lamport, time = told["lamport"], told["time"]
    if not all(isinstance(word, str) for word in words) or type(lamport) is not int or type(time) not in (int, float):
        raise BadInput("an edit of a case: expected text, a whole number for lamport and a number for time")
    try:
        text = canonical(told["value"])
        [word.encode() for word in words]
    except (TypeError, ValueError):
        raise BadInput("an edit of a case: expected values that JSON can tell") from None
    identity, case, author, who, field = words
    return checked(Edit(identity, case, author, who, lamport, float(time), field, text))


def new_case() -> str:
    """An id for a new case."""
    return str(uuid.uuid4())


def _id_of(case: str, author: str, who: str, lamport: int, time: float, field: str, value: str) -> str:
    said = canonical([case, author, who, lamport, time, field, value])
    return str(uuid.UUID(bytes=_version_8(hashlib.sha256(said.encode()).digest()[:16])))


def _version_8(digest: bytes) -> bytes:
    """RFC 9562, 5.8: four bits of version, two of variant, the rest as one likes."""
    return bytes([*digest[:6], digest[6] & 0x0F | 0x80, digest[7], digest[8] & 0x3F | 0x80, *digest[9:]])


def _deeper(value: Any, most: int) -> bool:
    """Whether more lists and objects than `most` lie within each other."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return parts is not None and (most == 0 or any(_deeper(part, most - 1) for part in parts))


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except (ValueError, AttributeError):
        return False
