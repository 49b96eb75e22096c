"""PAT-6: team orienteering (Chao, Golden and Wasil 1996) through our routing layer, beside PyVRP alone and OR-Tools.

python -m benchmarks.patrol_routes [--seconds 15] [--seeds 1,2,3] [--names p4.2.j,p4.3.q] [--alone] [--json]

Every answer is checked here, from the places and the limit alone: from start to end, no place twice, no route longer
than its limit by more than 1e-9. The reference profits (ASS_TOP, CC BY 4.0) are not proven optima: a gap may be
negative. OR-Tools (`patrol_ortools`) runs in a venv of its own, made from requirements/peer-ortools.txt if it is
absent. All take one thread and the same wall time, one after the other. `--alone` leaves the peers out.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import os
import subprocess
import sys
import venv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.harness import Row, report
from mihari.patrol.routing import Job, Van, best_tours
from mihari.patrol.routing.windows import solve

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("MIHARI_DATA") or ROOT.parent / "shared" / "data")
VENV = ROOT / ".venv-ortools"
REQUIREMENTS = ROOT / "requirements" / "peer-ortools.txt"
PEER = Path(__file__).with_name("patrol_ortools.py")
NAMES = ("p4.2.j", "p4.2.m", "p4.2.q", "p4.2.t", "p4.3.j", "p4.3.m", "p4.3.q", "p4.3.t", "p4.4.j", "p4.4.n", "p4.4.q",
         "p4.4.t", "p3.3.t", "p6.2.n", "p6.3.n", "p1.2.r")  # fmt: skip
SECONDS, BAR = 15.0, 1.0

Tours = Sequence[Sequence[int]]


@dataclass(frozen=True)
class Instance:
    """Places (n, 2) with their profits, the first and last without one; so many vehicles with so much time each."""

    name: str
    places: NDArray[np.float64]
    profit: NDArray[np.float64]
    vehicles: int
    limit: float
    reference: float

    @property
    def apart(self) -> NDArray[np.float64]:
        """Distances between places, (n, n)."""
        return np.asarray(np.linalg.norm(self.places[:, None] - self.places[None], axis=2))

    def gap(self, profit: float) -> float:
        """Percent below the reference; 0 where there is nothing to collect."""
        return 100.0 * (self.reference - profit) / self.reference if self.reference else 0.0


def instances(names: Sequence[str] = NAMES) -> list[Instance]:
    """Those of the table; FileNotFoundError where the recordings are not here ($MIHARI_DATA)."""
    folder = DATA / "patrol" / "top-chao"
    told = dict(
        line.split()[:2] for line in (folder / "reference_profits.txt").read_text().splitlines() if line.strip()
    )
    files = {path.stem: path for path in folder.rglob("p*.txt")}
    return [read(files[name], float(told[f"{name}.txt"])) for name in names]


def read(path: Path, reference: float) -> Instance:
    """One instance in Chao's layout: n, m, tmax, then x, y and profit of each place."""
    lines = path.read_text().split("\n")
    count, vehicles, limit = (float(line.split()[1]) for line in lines[:3])
    rows = np.array([[float(part) for part in line.split()] for line in lines[3 : 3 + int(count)]])
    return Instance(path.stem, rows[:, :2], rows[:, 2], int(vehicles), limit, reference)


def profit(one: Instance, tours: Tours) -> float:
    """What tours collect; ValueError for one that breaks a rule."""
    last = len(one.places) - 1
    seen = [place for tour in tours for place in tour[1:-1]]
    if len(tours) > one.vehicles or len(seen) != len(set(seen)) or {0, last} & set(seen):
        raise ValueError(f"{one.name}: {len(tours)} tours, {len(seen)} places, {len(set(seen))} different")
    for tour in tours:
        length = math.fsum(math.dist(one.places[a], one.places[b]) for a, b in itertools.pairwise(tour))
        if tour[0] != 0 or tour[-1] != last or length > one.limit + 1e-9:
            raise ValueError(f"{one.name}: a tour from {tour[0]} to {tour[-1]}, {length} long; limit {one.limit}")
    return float(sum(one.profit[place] for place in seen))


def ours(one: Instance, seconds: float, seed: int) -> Tours:
    """Our routing layer."""
    return best_tours(one.apart, one.profit, 0, len(one.places) - 1, one.limit, one.vehicles, seconds, seed)


def pyvrp(one: Instance, seconds: float, seed: int) -> Tours:
    """PyVRP alone, as our routing layer calls it where there are windows."""
    last = len(one.places) - 1
    jobs = [Job(i, float(one.profit[i])) for i in range(1, last) if one.profit[i] > 0]
    vans = [Van(0, 0, last, longest=one.limit)] * one.vehicles
    return [(0, *(jobs[j].location for j in r.jobs), last) for r in solve([one.apart], jobs, vans, seconds, seed)]


def ortools(one: Instance, seconds: float, seed: int) -> Tours:
    """OR-Tools in its own venv; its search takes no seed."""
    asked = {
        "apart": one.apart.tolist(), "profit": one.profit.tolist(), "vehicles": one.vehicles, "limit": one.limit,
        "seconds": seconds,
    }  # fmt: skip
    command = [str(peer_python()), str(PEER)]
    told = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, check=True).stdout
    tours: list[list[int]] = json.loads(told)
    return tours


def peer_python() -> Path:
    """The interpreter of the peer's venv, made from the locked requirements when it is not there."""
    python = VENV / "bin" / "python"
    if not python.exists() or subprocess.run([str(python), "-c", "import ortools"], check=False).returncode:
        venv.create(VENV, with_pip=True, clear=True)
        install = [str(python), "-m", "pip", "install", "-q", "--require-hashes", "-r", str(REQUIREMENTS)]
        subprocess.run(install, check=True, stdout=sys.stderr)
    return python


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="PAT-6: team orienteering")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--seeds", default="1", help="several, with commas between")
    parser.add_argument("--names", default=",".join(NAMES))
    parser.add_argument("--alone", action="store_true", help="without the peers")
    options, _ = parser.parse_known_args(argv)
    seeds = [int(seed) for seed in options.seeds.split(",")]
    return report([row(instances(options.names.split(",")), options.seconds, seeds, not options.alone)], argv)


def row(chosen: Sequence[Instance], seconds: float = SECONDS, seeds: Sequence[int] = (1,), peers: bool = True) -> Row:
    """Mean gap over instances and seeds; each instance's figures go to standard error as they come."""
    solvers: dict[str, Callable[[Instance, float, int], Tours]] = {"ours": ours}
    if peers:
        solvers |= {"PyVRP": pyvrp, "OR-Tools": ortools}
    ours(chosen[0], 0.1, 1)  # compiles
    gaps: dict[str, list[float]] = {name: [] for name in solvers}
    for one in chosen:
        line = f"{one.name}  reference {one.reference:5.0f}"
        for name, solver in solvers.items():
            found = [profit(one, solver(one, seconds, seed)) for seed in (seeds if name != "OR-Tools" else seeds[:1])]
            gaps[name] += [one.gap(each) for each in found]
            line += f"  {name} {' '.join(f'{p:.0f} ({one.gap(p):.2f} %)' for p in found)}"
        print(line, file=sys.stderr, flush=True)
    mean = {name: sum(each) / len(each) for name, each in gaps.items()}
    worst = max(gaps["ours"])
    what = (
        f"{len(chosen)} instances of team orienteering, {seconds:g} s, mean gap to the reference % (worst {worst:.2f})"
    )
    what += "".join(f"; {name} {mean[name]:.2f}" for name in mean if name != "ours")
    return Row("PAT-6", what, mean["ours"], mean.get("OR-Tools"), mean["ours"], BAR, "<=")


if __name__ == "__main__":
    sys.exit(main())
