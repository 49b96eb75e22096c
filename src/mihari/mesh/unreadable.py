"""What reading the MessagePack of others may raise: text that is no UTF-8 and bottomless lists are no `DecodeError`."""

from __future__ import annotations

import msgspec

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
