"""A pattern's file and its cases -> its proof, by a process of its own that is stopped when it takes too much.

A pattern from elsewhere is a small program: it may be written to burn time or memory. That process is
`python -m mihari.library.limited`: it reads a pickled (name, text, cases, seconds) from standard input and writes JSON.
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mihari.core.errors import BadInput, MihariError

SECONDS = 60.0  # of computing: the proof of 25 patterns takes 40
PATIENCE = 10.0  # times as long by the clock: the machine may be busy with other things
MEGABYTES = 2048.0  # resident: a proof takes 300
LOOK_S = 0.1


@dataclass(frozen=True, slots=True)
class Limits:
    """What a proof may take."""

    seconds: float = SECONDS
    megabytes: float = MEGABYTES


def proved(name: str, text: str, cases: bytes, limits: Limits | None = None) -> dict[str, Any]:
    """holds, problem, how many cases were found, missed, quiet, false. BadInput, that names it, where it is stopped."""
    limits = limits or Limits()
    command = [sys.executable, "-m", "mihari.library.limited"]
    with tempfile.TemporaryFile() as given:  # not a pipe: what does not fit into one is lost at the first timeout
        given.write(pickle.dumps((name, text, cases, limits.seconds)))
        given.seek(0)
        with subprocess.Popen(command, stdin=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
            try:
                said = _watched(child, name, limits)
            finally:
                child.kill()
    found: dict[str, Any] = json.loads(said or b"{}")
    if "refused" in found:
        raise BadInput(f"{name}: {found['refused']}")
    if "holds" not in found:
        raise BadInput(f"{name}: its proof ended without a result (exit code {child.returncode})")
    return found


def _watched(child: subprocess.Popen[bytes], name: str, limits: Limits) -> bytes:
    """What the child says; BadInput where it takes longer or more than it may."""
    until = time.monotonic() + PATIENCE * limits.seconds
    while True:
        try:
            return child.communicate(timeout=LOOK_S)[0]
        except subprocess.TimeoutExpired:
            pass
        if computed(child.pid) > limits.seconds or time.monotonic() > until:
            raise BadInput(f"{name}: stopped: its proof took more than {limits.seconds:g} s")
        if (used := resident(child.pid)) > limits.megabytes:
            raise BadInput(f"{name}: stopped: its proof took {used:.0f} MB of memory; at most {limits.megabytes:g}")


def computed(pid: int) -> float:
    """s of computing that a process has had; 0 where the system does not tell."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")  # proc(5): utime, stime
    except (OSError, IndexError, ValueError):
        return 0.0


def resident(pid: int) -> float:
    """MB of memory that a process holds; 0 where the system does not tell."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError, ValueError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _prove() -> dict[str, Any]:
    from mihari.library.cases import read
    from mihari.library.pattern import examined
    from mihari.library.proof import prove

    name, text, data, seconds = pickle.loads(sys.stdin.buffer.read())  # of the process that began this one
    _bound(seconds)
    pattern, mistakes = examined(text, name)
    if pattern is None:
        raise mistakes[0]
    began = time.perf_counter()
    proof = prove(pattern, read(data, f"{name}: cases") if data else [])
    counts = {word: proof.count(word) for word in ("found", "missed", "quiet", "false")}
    return {"holds": proof.holds, "problem": proof.problem, "seconds": round(time.perf_counter() - began, 2), **counts}


def _bound(seconds: float) -> None:
    """The kernel ends this process soon after who began it would have, should that be gone."""
    import resource

    most = int(seconds) + 5
    resource.setrlimit(resource.RLIMIT_CPU, (most, most))


def main() -> None:
    """The process of its own."""
    try:
        told = _prove()
    except MihariError as problem:
        told = {"refused": str(problem)}
    except (MemoryError, RecursionError) as problem:
        told = {"refused": f"stopped: {type(problem).__name__}"}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
