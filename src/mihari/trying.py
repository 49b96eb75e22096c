"""Patterns over a node's archive, silently: what they would have told, in numbers and with examples.

`python -m mihari.trying` does so in a process of its own, for who must not wait for it (`mihari.face.preview`).
"""

from __future__ import annotations

import base64
import json
import math
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mihari.behaviours.names import Names
from mihari.core.behaviour import Behaviour, Standing, mmsi_of
from mihari.core.config import NodeConfig
from mihari.core.errors import BadInput, MihariError
from mihari.core.zones import Zone, zones_of
from mihari.detecting import Source, looked_through
from mihari.library import Pattern, merged
from mihari.picture.claims import category_of

EXAMPLES = 20
EVERY_S = 60.0
DAY_S = 86_400.0
Progress = Callable[[float, str], object]


def tried(
    files: Sequence[str], patterns: Sequence[Pattern], node_file: str = "", days: float = 30.0,
    advance: Progress = lambda share, what: None, zones: Sequence[Zone] = (),
) -> dict[str, dict[str, Any]]:  # fmt: skip
    """By pattern: fired, vessels by category, examples, of the last `days` of an archive (its folder) or of files.

    `zones`: those of now, instead of the file of the node's configuration.
    """
    begin = f"-{days * 24:g}h" if len(files) == 1 and Path(files[0]).is_dir() else None
    source = Source.of(tuple(files), node_file or None, None, None, begin, None)
    source.definitions = merged(patterns)
    source.zones = tuple(zones) or source.zones
    last: dict[str, Behaviour] = {}
    names = {pattern.name for pattern in patterns}
    for found, share in looked_through(source, EVERY_S):
        last |= {b.id: b for b in found if b.kind in names}
        advance(share, f"{len(last)} findings")
    known = source.lookout.engine.names if source.lookout is not None else Names()
    about = {"reports": source.reports}
    return {p.name: _told([b for b in last.values() if b.kind == p.name], known) | about for p in patterns}


def _told(behaviours: Sequence[Behaviour], names: Names) -> dict[str, Any]:
    """What one pattern would have told."""
    held = sorted((b for b in behaviours if b.standing is not Standing.RETRACTED), key=lambda b: b.start)
    whose = dict(Counter(category(b, names) for b in held).most_common())
    examples = [
        {"start": b.start, "end": b.end, "because": b.because, "lat_deg": b.lat_deg, "lon_deg": b.lon_deg,
         "vessels": list(b.vessels)}
        for b in held[:: max(math.ceil(len(held) / EXAMPLES), 1)]
    ]  # fmt: skip
    return {"fired": len(held), "retracted": len(behaviours) - len(held), "whose": whose,
            "sentence": sentence(len(held), whose), "examples": examples}  # fmt: skip


def category(behaviour: Behaviour, names: Names) -> str:
    """What kind of vessel it is about: of a pair the first that is known."""
    for key in behaviour.vessels:
        name = names.of(mmsi_of(key)) if mmsi_of(key) else None
        if name is not None and name.ship_type > 0:
            return category_of(name.ship_type, name.subject).name.lower()
    return "not known" if any(mmsi_of(key) for key in behaviour.vessels) else "held by radar alone"


def sentence(fired: int, whose: Mapping[str, int]) -> str:
    """In words.

    >>> sentence(7, {"passenger": 5, "cargo": 2}), sentence(0, {})
    ('would have fired 7 times: 5 passenger, 2 cargo', 'would not have fired')
    """
    if not fired:
        return "would not have fired"
    times = "once" if fired == 1 else f"{fired} times"
    return f"would have fired {times}: {', '.join(f'{n} {what}' for what, n in whose.items())}"


def archive_folder(config: NodeConfig) -> str:
    """The node's archive; BadInput where it keeps none."""
    if not config.archive.enabled:
        raise BadInput("the node keeps no archive: expected [archive] enabled, or files to try the pattern on")
    folder = Path(config.archive.folder(config.node.name))
    if not folder.exists():
        raise BadInput(f"{folder}: there is no archive yet")
    return str(folder)


def on_cases(pattern: Pattern, data: bytes) -> dict[str, Any]:
    """The same over the cases that come with a pattern, where there is no archive."""
    from mihari.library.cases import counted, read
    from mihari.library.proof import prove

    cases = read(data, f"{pattern.name}: cases")
    proof, (positive, negative) = prove(pattern, cases), counted(cases)
    told = f"finds {proof.count('found')} of its {positive} cases, keeps quiet in {proof.count('quiet')} of {negative}"
    return {"fired": proof.count("found"), "retracted": 0, "whose": {}, "sentence": f"{told} look-alikes",
            "examples": [], "reports": sum(len(case.rows) for case in cases)}  # fmt: skip


def _ordered(order: Mapping[str, Any], advance: Progress) -> dict[str, Any]:
    from mihari.library.pattern import examined

    pattern, mistakes = examined(str(order["text"]), str(order["name"]))
    if pattern is None:
        raise mistakes[0]
    if not order["folder"]:
        return on_cases(pattern, base64.b64decode(order["cases"]))
    zones = zones_of({"type": "FeatureCollection", "features": order["zones"]})
    return tried([str(order["folder"])], [pattern], "", float(order["hours"]) / 24.0, advance, zones)[pattern.name]


def _limited(cpu_s: float) -> None:
    """Give way to the node, take no more than so much of a processor, and end with who began this."""
    import os
    import resource
    import threading

    os.nice(10)
    resource.setrlimit(resource.RLIMIT_CPU, (int(cpu_s) + 1, int(cpu_s) + 1))

    def ended() -> None:
        while os.read(0, 4096):  # of the file itself: a buffer's lock would be held when this process ends
            pass
        os._exit(3)

    threading.Thread(target=ended, daemon=True).start()


def main() -> None:
    """A process of its own: a line of JSON on standard input, how far it is and what it found on standard output."""

    def say(**what: Any) -> None:
        print(json.dumps(what), flush=True)

    order = json.loads(sys.stdin.buffer.readline())
    _limited(float(order["cpu_s"]))
    try:
        say(told=_ordered(order, lambda share, what: say(share=round(min(max(share, 0.0), 1.0), 4), what=what)))
    except MihariError as problem:
        say(refused=str(problem))
    except (MemoryError, RecursionError) as problem:
        say(refused=f"stopped: {type(problem).__name__}")


if __name__ == "__main__":
    main()
