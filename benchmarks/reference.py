"""Every reference scenario through `mihari simulate`, `track` and `score`: the table and pictures of docs/reference.md.

    python -m benchmarks.reference            # all of them, about ten minutes
    python -m benchmarks.reference crossing   # some; the rows of the others stay

Sizes that would fill a disk are cut short (`SHORTER`); the Solent needs its recording (MIHARI_DATA). Beside our tracker
stands the clairvoyant one, which is told which report is whose.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from mihari.simulate import builtin_names, load

DOCS = Path(__file__).parents[1] / "docs"
RESULTS = Path(__file__).with_name("results") / "reference.json"
NOTES = Path(__file__).with_name("reference_notes.md")  # what the figures say, in words
PICTURES = DOCS / "pictures" / "reference"
SHORTER = {  # s of data
    "strait": 600, "behaviours": 3600, "solent": 5040, "coast-10000": 120, "coast-100000": 30, "radar-bias": 600,
    "sensor-outage": 1200,
}  # fmt: skip
EVERY = {"high-sea-fleet": 60.0}  # s between the moments that are scored
LIMITED = 3000  # vessels; the clairvoyant tracker is not asked of more


def run(*words: str) -> Any:
    """One of our commands, its JSON."""
    done = subprocess.run([sys.executable, "-m", "mihari", *words, "--json"], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"mihari {' '.join(words)}\n{done.stderr}")
    return json.loads(done.stdout)


def judged(name: str, folder: Path) -> dict[str, Any]:
    """What the three commands tell of one scenario."""
    scenario = load(name)
    duration = min(SHORTER.get(name, scenario.duration), scenario.duration)
    run("simulate", name, "-o", str(folder), "--duration", str(duration))
    recordings = [str(path) for path in sorted(folder.glob("*.pcap")) + sorted(folder.glob("*.nmea"))]
    tracks, every = folder / "tracks.parquet", EVERY.get(name, 10.0)
    began = time.perf_counter()
    told = run("track", *recordings, "--node", str(folder / "node.toml"), "--every", str(every), "-o", str(tracks))
    seconds = time.perf_counter() - began
    vessels = sum(group.count for group in scenario.traffic)
    words = ["score", str(tracks), str(folder / "truth.parquet"), "--plot", str(PICTURES / f"{name}.svg")]
    words += ["--clairvoyant", str(folder)] if vessels < LIMITED and not scenario.satellites else []
    words += ["--everyone"] if not scenario.radars else []
    scores = run(*words)
    for part in (scores, scores.get("clairvoyant") or {}):
        part.pop("over_time", None)  # the pictures show it
    told = {name: value for name, value in told.items() if name not in ("files", "output")}  # of a folder that is gone
    return {"about": scenario.about, "duration_s": duration, "track_s": seconds, "track": told, "scores": scores}


def cell(scores: dict[str, Any], *path: str, digits: int = 1, scale: float = 1.0) -> str:
    """One figure of ours, and after a stroke the clairvoyant's."""
    told = []
    for one in (scores, scores.get("clairvoyant")):
        value: Any = one
        for key in path:
            value = None if value is None else value.get(key)
        if one is not None:
            told.append("–" if value is None else f"{scale * value:.{digits}f}")
    return " / ".join(told)


def row(name: str, kept: dict[str, Any]) -> str:
    """A line of the table."""
    s = kept["scores"]
    cells = [
        f"[`{name}`](pictures/reference/{name}.svg)",
        f"{s['over']['vessels_mean']:.0f}",
        f"{kept['duration_s']:.0f}",
        cell(s, "gospa", "mean", digits=0),
        cell(s, "gospa", "missed_vessels"),
        cell(s, "gospa", "false_tracks"),
        cell(s, "gospa", "rms"),
        cell(s, "ospa2"),
        cell(s, "identity", "switches", digits=0),
        cell(s, "identity", "fragmentation", digits=2),
        cell(s, "consistency", "inside", digits=0, scale=100.0),
        cell(s, "pairing", "precision", digits=1, scale=100.0) + ", " + cell(s, "pairing", "recall", scale=100.0),
    ]
    return "| " + " | ".join(cells) + " |"


def page(kept: dict[str, Any]) -> str:
    """docs/reference.md."""
    head = (
        "scenario (picture) | vessels in cover | s | GOSPA, m | missed | false | RMS, m | OSPA(2), m | switches | "
        "ids a vessel | in the 95 % ellipse, % | pairing: precision, recall, %"
    )
    lines = [
        "# The reference scenarios, scored",
        "",
        "Each scenario goes through `mihari simulate`, `mihari track --node node.toml`, `mihari score`; what the",
        "figures mean is in [scores.md](scores.md). Means over all moments, 10 s apart (the high-sea fleet 60 s);",
        "order 2, cutoff 100 m. After the stroke stands the clairvoyant, as a limit: a Kalman filter that is told",
        "which report is whose. Pictures show where and when it went wrong. Made by `python -m benchmarks.reference`;",
        "seeds are the scenarios' own, so these are single runs.",
        "",
        f"| {head} |",
        "|" + "---|" * (head.count("|") + 1),
        *[row(name, kept[name]) for name in sorted(kept)],
        "",
        "What each is for:",
        "",
        *[f"- `{name}`: {kept[name]['about']}." for name in sorted(kept)],
        "",
        NOTES.read_text().rstrip() if NOTES.exists() else "",
    ]
    return "\n".join(lines).rstrip() + "\n"


def main(names: list[str]) -> None:
    """Judge some scenarios, or all, and write the page anew."""
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name in names or builtin_names():
        if name == "solent" and not os.environ.get("MIHARI_DATA"):
            print("solent: skipped, set MIHARI_DATA to the folder that holds ais/SolentAIS.csv")
            continue
        with tempfile.TemporaryDirectory() as folder:
            kept[name] = judged(name, Path(folder))
        print(name, f"{kept[name]['track_s']:.0f} s to track", flush=True)
        RESULTS.write_text(json.dumps(kept, indent=1) + "\n")
        (DOCS / "reference.md").write_text(page(kept))


if __name__ == "__main__":
    main(sys.argv[1:])
