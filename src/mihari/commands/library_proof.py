"""`mihari library test|play`: patterns against the cases that prove them, and cases that are simulated for them."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import click

from mihari.commands.console import as_json, print_json, progress
from mihari.core.errors import BadInput

COASTS = ("nansei", "aegean", "baltic")


@click.command(
    "test",
    epilog="""\b
Examples:
  mihari library test
  mihari library test dark_rendezvous
  mihari library test mine.toml --cases mine.cases.parquet
  mihari library test dark_rendezvous --coast aegean --count 20 --seed 7
""",
)
@click.argument("patterns", nargs=-1, metavar="[NAME|FILE]...")
@click.option("--cases", "file", type=click.Path(path_type=Path), help="A file of cases, instead of the pattern's own.")
@click.option("--coast", type=click.Choice(COASTS), help="Cases simulated there, instead of the pattern's own.")
@click.option("--count", default=10, show_default=True, help="Of each sign, with --coast.")
@click.option("--seed", default=1, show_default=True, help="Of the simulation, with --coast.")
@as_json
def test(patterns: tuple[str, ...], file: Path | None, coast: str | None, count: int, seed: int, as_json: bool) -> None:
    """Run patterns on their cases: found, quiet, missed, false; exit code 1 where a proof does not hold."""
    from mihari.library import load, starting
    from mihari.library.proof import prove

    if file is not None and (coast is not None or len(patterns) != 1):
        raise BadInput("--cases: expected one pattern, and no --coast")
    chosen = [load(name) for name in patterns] if patterns else starting()
    rows: list[dict[str, Any]] = []
    began = time.perf_counter()
    with progress("proving", quiet=as_json) as advance:
        for k, pattern in enumerate(chosen):
            cases = _simulated(pattern.name, coast, count, seed) if coast else _own(pattern, file)
            proof = prove(pattern, cases)
            rows.append(_row(proof, bool(coast)))
            advance((k + 1) / len(chosen), f"proving {pattern.name}")
    if as_json:
        print_json({"patterns": rows, "seconds": round(time.perf_counter() - began, 2)})
    else:
        _say(rows, time.perf_counter() - began)
    if any(row["problem"] for row in rows):
        sys.exit(1)


@click.command(
    "play",
    epilog="""\b
Examples:
  mihari library play dark_rendezvous -o dark_rendezvous.cases.parquet
  mihari library play dark_rendezvous --coast baltic --count 50 --seed 3 -o more.cases.parquet
""",
)
@click.argument("pattern", metavar="NAME")
@click.option("--coast", type=click.Choice(COASTS), default="nansei", show_default=True, help="Where.")
@click.option("--count", default=5, show_default=True, help="Of each sign.")
@click.option("--seed", default=1, show_default=True, help="Others for another.")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="FILE.cases.parquet")
def play(pattern: str, coast: str, count: int, seed: int, output: Path) -> None:
    """Simulate cases of a pattern after what is written of it: as many real ones as look-alikes."""
    from mihari.library.cases import counted, written

    cases = _simulated(pattern, coast, count, seed)
    data = written(cases)
    output.write_bytes(data)
    positive, negative = counted(cases)
    click.echo(f"{output}: {positive} positive and {negative} negative cases, {len(data):,} bytes")


def _simulated(pattern: str, coast: str, count: int, seed: int) -> list[Any]:
    from mihari.library.played import played
    from mihari.simulate.behaviours import NoRoom
    from mihari.simulate.episodes import PLAYS

    if pattern not in PLAYS:
        raise BadInput(f"{pattern}: nothing is simulated for it; expected one of {', '.join(sorted(PLAYS))}")
    try:
        return list(played(pattern, coast, count, seed))
    except NoRoom as problem:
        raise BadInput(str(problem)) from None


def _own(pattern: Any, file: Path | None) -> list[Any]:
    from mihari.library.cases import beside, load_cases

    where = file or (beside(pattern.path) if pattern.path else None)
    return load_cases(where) if where is not None and (file or where.exists()) else []


def _row(proof: Any, simulated: bool) -> dict[str, Any]:
    counts = {word: proof.count(word) for word in ("found", "missed", "quiet", "false")}
    wrong = [{"case": v.case.name, "verdict": v.word} for v in proof.verdicts if not v.right]
    return {"pattern": proof.pattern, **counts, "wrong": wrong, "problem": "" if simulated else proof.problem}


def _say(rows: list[dict[str, Any]], seconds: float) -> None:
    for row in rows:
        found, quiet = f"{row['found']} of {row['found'] + row['missed']}", f"{row['quiet']}"
        state = "" if not row["problem"] else f"   NOT PROVEN: {row['problem']}"
        click.echo(f"{row['pattern']:31} found {found:9} quiet {quiet:4} false {row['false']}{state}")
        for one in row["wrong"]:
            click.echo(f"    {one['verdict']}: {one['case']}")
    click.echo(f"{len(rows)} patterns, {seconds:.1f} s", err=True)
