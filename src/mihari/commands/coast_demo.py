"""Seven nodes on one coast, each a process with its own sensors, and links between them that behave as poor ones do.

What `mihari demo` starts. Links are cut and healed by hand over the control socket that it names, as
`echo 'cut patrol-kume' | socat - UNIX-CONNECT:SOCKET` does; that of the underwater vehicle goes by whether it is up.
Modems go on whatever is cut: what the patrol ship sees comes to Kume and to what dives, some messages a minute.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
import time
import webbrowser
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from mihari.commands.coast_plan import WIRES, Post, keys, node_file, posts
from mihari.commands.demo import simulator
from mihari.commands.demo_crafts import Proposer
from mihari.commands.demo_officer import Officer
from mihari.core.errors import BadInput

LOOK_S = 0.5  # how often it is looked whether a node has ended
END_S = 20.0  # a node that was told to end is given so long to put its things in order


def coast(seconds: float | None, port: int, browser: bool) -> None:
    """Until `seconds` are over, None: Ctrl-C; maps at `port` (0: any that are free) and the next ones."""
    from mihari.commands import warm
    from mihari.simulate import load
    from mihari.simulate.links import LinkBench

    scenario = load("coast")
    click.echo("mihari: starting (the first time on a machine compiles for a minute)", err=True)
    warm.compile_all()  # once, not by every node
    stations = posts(scenario, port)
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mihari-coast-")))
        keys(stations, folder)
        bench = stack.enter_context(LinkBench(folder / "links"))
        lay(bench, stations)
        children = stack.enter_context(running(list(write(scenario, stations, bench, folder))))
        crafts = [craft for post in stations for craft in post.crafts]
        sends = [send for post in stations for send in post.sends]
        start = stack.enter_context(simulator("coast", sends, stills=crafts[0].stills if crafts else 0))
        for post in stations:
            if post.crafts and post.face is not None:
                address = f"http://127.0.0.1:{post.face}"
                stack.enter_context(Proposer(address, [one.craft for one in post.crafts]))
        first = next(post.face for post in stations if post.face is not None)
        stack.enter_context(Officer(f"http://127.0.0.1:{first}"))
        tell(stations, folder, browser)
        watch(bench, stations, children, start, seconds)


def lay(bench: Any, stations: Sequence[Post]) -> None:
    """The emulated links."""
    from mihari.simulate.links import SHAPES

    mesh = {post.site.name: post.mesh for post in stations}
    for wire in WIRES:
        bench.add(wire.name, ("127.0.0.1", mesh[wire.other]), SHAPES[wire.profile])


def write(scenario: Any, stations: Sequence[Post], bench: Any, folder: Path) -> Iterator[Path]:
    """The node files."""
    for post in stations:
        dials = [(wire, bench.links[wire.name].port) for wire in WIRES if wire.one == post.site.name]
        path = folder / f"{post.site.name}.toml"
        path.write_text(node_file(scenario, post, dials, folder), encoding="utf-8")
        yield path


@contextlib.contextmanager
def running(paths: Sequence[Path]) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Nodes, each a process of its own that is told to end when the block is left."""
    children: list[subprocess.Popen[bytes]] = []
    try:
        for path in paths:
            children.append(started(path))  # noqa: PERF401  (those that were started are ended, whatever comes)
        yield children
    finally:
        for child in children:  # all of them at once, then wait for each
            if child.poll() is None:
                child.terminate()
        for child in children:
            waited(child)


def started(path: Path) -> subprocess.Popen[bytes]:
    """A node of this file; what it says goes beside it. Ctrl-C reaches it through us alone."""
    command = [sys.executable, "-m", "mihari", "run", str(path), "--no-browser"]
    with path.with_suffix(".log").open("wb") as log:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)


def waited(child: subprocess.Popen[bytes]) -> None:
    """Until it has ended; when it takes too long, at once."""
    try:
        child.wait(END_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def tell(stations: Sequence[Post], folder: Path, browser: bool) -> None:
    """Where the maps are."""
    for post in stations:
        if post.face is not None:
            click.echo(f"mihari: {post.site.name} is at http://127.0.0.1:{post.face}", err=True)
    click.echo(f"mihari: links are cut and healed at {folder / 'links'} (Ctrl-C ends)", err=True)
    first = next(post.face for post in stations if post.face is not None)
    if browser:
        webbrowser.open(f"http://127.0.0.1:{first}")


def watch(
    bench: Any,
    stations: Sequence[Post],
    children: Sequence[subprocess.Popen[bytes]],
    start: float,
    seconds: float | None,
) -> None:
    """Until its time is over or Ctrl-C; BadInput when a node has ended by itself."""
    divers = [post.site.platform for post in stations if post.site.platform and post.site.platform.surfaces_every]
    up = dict.fromkeys((diver.name for diver in divers), True)
    until = None if seconds is None else time.monotonic() + seconds
    while until is None or time.monotonic() < until:
        for diver in divers:
            if up[diver.name] != (now := diver.up(time.time() - start)):
                up[diver.name] = now
                surfaced(bench, diver.name, now)
        for child, post in zip(children, stations, strict=True):
            if child.poll() is not None:
                told = Path(str(child.args[4])).with_suffix(".log").read_text(encoding="utf-8", errors="replace")  # type: ignore[index]
                raise BadInput(f"the node {post.site.name} ended by itself: {told[-300:].strip() or child.returncode}")
        time.sleep(LOOK_S)


def surfaced(bench: Any, name: str, up: bool) -> None:
    """What dives has come up, or gone down."""
    for wire in WIRES:
        if name in (wire.one, wire.other):
            bench.heal(wire.name) if up else bench.cut(wire.name)
