"""The system's clock -> whether it is right, as far as the system knows: reports are placed by their UTC time."""

from __future__ import annotations

import ctypes
import sys
import time

from mihari.commands.advice import Advice, ok, problem, warning

UNSYNCHRONISED = 0x40  # STA_UNSYNC of adjtimex(2)


def clock() -> Advice:
    """Whether the system's clock is right, as far as the system knows."""
    cure = (
        "`timedatectl set-ntp true`, or chrony with the station's GNSS receiver: reports are placed by their UTC time"
    )
    now = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())
    if time.gmtime().tm_year < 2026:
        return problem("clock", f"{now} is before this program was written", cure)
    state = clock_state()
    if state is None:
        return warning("clock", f"{now}; whether it is synchronised cannot be told", cure)
    synchronised, error_s = state
    if not synchronised:
        return warning("clock", f"{now}; not synchronised", cure)
    return ok("clock", f"{now}, synchronised, wrong by {error_s * 1000:.0f} ms at most")


class _Timex(ctypes.Structure):
    """The first fields of `struct timex` of Linux; the rest is room. adjtimex(2)."""

    _fields_ = (
        ("modes", ctypes.c_uint), ("offset", ctypes.c_long), ("freq", ctypes.c_long), ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long), ("status", ctypes.c_int), ("room", ctypes.c_char * 512),
    )  # fmt: skip


def clock_state() -> tuple[bool, float] | None:
    """(synchronised, greatest error in s) as the kernel has it; None where it does not tell."""
    if not sys.platform.startswith("linux"):
        return None
    told = _Timex(modes=0)  # ask only
    try:
        if ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(told)) < 0:
            return None
    except (OSError, AttributeError):
        return None
    return not told.status & UNSYNCHRONISED, told.maxerror / 1e6
