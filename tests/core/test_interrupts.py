"""A signal in the midst of a function that C code has called ends the program all the same."""

import subprocess
import sys

PROGRAM = """
import ctypes, os, signal, sys, time
from mihari import cli

signal.signal(signal.SIGTERM, cli._ended)

def {name}():
    os.kill(os.getpid(), signal.SIGTERM)
    for _ in range(1000):  # the handler runs between two steps
        pass

try:
    ctypes.CFUNCTYPE(None)({name})()
    time.sleep(1.0)
    print("went on")
except KeyboardInterrupt:
    print("ended")
"""


def said(name: str) -> tuple[str, str]:
    done = subprocess.run([sys.executable, "-c", PROGRAM.format(name=name)], capture_output=True, text=True, timeout=60)
    return done.stdout.strip(), done.stderr


def test_the_compilers_callbacks_do_not_swallow_it() -> None:
    assert said("_raw_object_cache_notify") == ("ended", "")


def test_in_others_python_loses_it() -> None:
    out, err = said("some_other")
    assert out == "went on"
    assert "KeyboardInterrupt" in err
