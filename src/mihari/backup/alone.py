"""One at a time: who writes to a place while somebody else does is refused, and nobody's work is spoilt."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mihari.core.errors import BadInput


@contextmanager
def alone(place: Path, what: str) -> Iterator[None]:
    """Until the block is left nobody else has it for this place; BadInput, that says `what` goes on, where one has.

    A lock of the system on a hidden file beside: it ends with its process, also by `kill -9`.
    """
    file = place.with_name(f".{place.name}.lock")
    handle = os.open(file, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        if not _locked(handle) or not _there(file, handle):
            raise BadInput(f"{place}: {what} already; expected one at a time")
        try:
            yield
        finally:
            file.unlink(missing_ok=True)
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a disk that knows no locks
        return True
    return True


def _there(file: Path, handle: int) -> bool:
    """Whether it is still the file of that name: who had it before takes the name away."""
    try:
        return os.path.samestat(file.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False
