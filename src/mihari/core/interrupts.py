"""Signals that end a program by an exception, where Python would lose it: asked again a moment later.

An exception that is raised in a function which C code has called by ctypes is printed and forgotten (Python's
documentation of ctypes, callback functions); the compiler of the kernels calls such functions.
"""

from __future__ import annotations

import os
import threading
from types import FrameType

CALLED_BY_C = ("_raw_object_cache_notify", "_raw_object_cache_getbuffer")  # llvmlite/binding/executionengine.py
AGAIN_S = 0.05


def lost_in(frame: FrameType | None) -> bool:
    """Whether an exception raised in this frame would be lost."""
    while frame is not None:
        if frame.f_code.co_name in CALLED_BY_C:
            return True
        frame = frame.f_back
    return False


def ask_again(number: int) -> None:
    """Have the signal come again in a moment."""
    timer = threading.Timer(AGAIN_S, os.kill, (os.getpid(), number))
    timer.daemon = True
    timer.start()
