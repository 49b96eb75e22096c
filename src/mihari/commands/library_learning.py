"""`mihari library tune|draft|similar`: what cases say of a threshold, of a pattern not yet written, of two alike."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mihari.commands.console import Number, as_json, print_json, progress
from mihari.core.errors import BadInput

MANY = 25  # of two parameters' choices that are listed, the best
CASES = click.Path(path_type=Path)


@click.command(
    "tune",
    epilog="""\b
Examples:
  mihari library tune dark_rendezvous --parameter together --cases spring.cases.parquet
  mihari library tune mine.toml --parameter low --cases a.cases.parquet --cases b.cases.parquet --plot low.svg
""",
)
@click.argument("pattern", metavar="NAME|FILE")
@click.option("--parameter", "names", multiple=True, required=True, help="One of its figures; two at most.")
@click.option("--cases", "files", type=CASES, multiple=True, help="Labelled cases; left out: the pattern's own.")
@click.option("--plot", type=CASES, help="A picture of precision and recall, SVG.")
@as_json
def tune(pattern: str, names: tuple[str, ...], files: tuple[Path, ...], plot: Path | None, as_json: bool) -> None:
    """Which value of a figure finds most confirmed cases with fewest false ones; nothing is changed."""
    from mihari.library import load, merged
    from mihari.library.learning import tune as tuned
    from mihari.library.learning.curve import plot as drawn

    one = load(pattern)
    ranges = _ranges(one, names)
    if plot is not None and plot.suffix != ".svg":
        raise BadInput(f"--plot: expected a file that ends in .svg, found {plot}")
    with progress("trying values", quiet=as_json) as advance:
        found = tuned(merged([one]), one.name, ranges, _cases(files, one), lambda done: advance(done, "trying values"))
    if plot is not None:
        _write(plot, drawn(found))
    if as_json:
        print_json(_tuning(found))
    else:
        _say(found)


@click.command(
    "draft",
    epilog="""\b
Examples:
  mihari library draft alike.cases.parquet -o draft.toml
  mihari library draft alike.cases.parquet -o draft.toml --name night_runs --others ours.cases.parquet
""",
)
@click.argument("cases", type=CASES, metavar="CASES.parquet")
@click.option("-o", "--output", type=CASES, required=True, help="The pattern's file; not one that is there.")
@click.option("--name", default="drafted", show_default=True, help="Of the pattern.")
@click.option("--others", type=CASES, multiple=True, help="Cases of other things, beside those of the library.")
@as_json
def draft(cases: Path, output: Path, name: str, others: tuple[Path, ...], as_json: bool) -> None:
    """A first version of a pattern from 3 to 8 cases that are alike, with the reason for each condition."""
    from mihari.library.cases import load_cases
    from mihari.library.learning.draft_text import definition, reasons, written
    from mihari.library.learning.drafting import draft as drafted
    from mihari.library.pattern import examined, new_name

    if output.exists():
        raise BadInput(f"{output}: is there already")
    new_name(name)
    some = load_cases(cases)
    alike = [case for case in some if case.positive]
    beside = [case for case in some if not case.positive] + [case for file in others for case in load_cases(file)]
    with progress("watching the others", quiet=as_json) as advance:
        found = drafted(alike, [*beside, *_library()], lambda done: advance(done, "watching the others"))
    text = written(found, name, [case.name for case in alike])
    pattern, mistakes = examined(text, str(output))
    if pattern is None:
        raise BadInput("; ".join(str(mistake) for mistake in mistakes))
    _write(output, text)
    if as_json:
        print_json({"file": str(output), "definition": definition(found, name), "reasons": reasons(found)})
        return
    click.echo(definition(found, name))
    click.echo("\n".join(reasons(found)))
    click.echo(
        f"{output}: a draft; look for TO BE WRITTEN, then: mihari library test {output} --cases {cases}", err=True
    )


@click.command(
    "similar",
    epilog="""\b
Examples:
  mihari library similar
  mihari library similar mine.toml other.toml
  mihari library similar mine.toml --beside dark_rendezvous
  mihari library similar mine.toml --cases spring.cases.parquet --least 0.4
""",
)
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("--beside", "others", multiple=True, metavar="NAME|FILE", help="Only these.  [default: all of Mihari's]")
@click.option("--cases", type=CASES, multiple=True, help="Cases on which both are run, beside those of the patterns.")
@click.option("--least", type=Number(0.0, most=1.0), default=0.6, show_default=True, help="Share that is alike.")
@as_json
def similar(
    files: tuple[str, ...], others: tuple[str, ...], cases: tuple[Path, ...], least: float, as_json: bool
) -> None:
    """Patterns that mean nearly the same as another: by what they ask and by what they find on all their cases."""
    from dataclasses import asdict

    from mihari.library import load, starting
    from mihari.library.cases import load_cases
    from mihari.library.learning.similar import similar as alike

    own = [load(file) for file in files]
    beside = [load(one) for one in others] if others else starting()
    patterns = [*own, *(one for one in beside if one.name not in {mine.name for mine in own})]
    pool = [case for one in patterns for case in _of(one)] + [case for file in cases for case in load_cases(file)]
    with progress("running all on all cases", quiet=as_json) as advance:
        found = alike(patterns, pool, least, lambda done: advance(done, "running all on all cases"))
    names = {one.name for one in own or patterns}
    found = [one for one in found if {one.first, one.second} & names]
    if as_json:
        print_json([asdict(one) for one in found])
        return
    click.echo("\n".join(one.told for one in found) or f"none of {len(patterns)} patterns is like another")


def _ranges(pattern: Any, names: tuple[str, ...]) -> list[Any]:
    """What is tried of each parameter."""
    from mihari.library.learning.values import COUNT, range_of

    known = [p.name for p in pattern.file.parameter]
    if len(names) > 2:
        raise BadInput("--parameter: expected two at most")
    for name in names:
        if name not in known:
            raise BadInput(f"--parameter: {pattern.name} has no {name}; expected one of {', '.join(known) or 'none'}")
    return [range_of(pattern, name, COUNT if len(names) == 1 else 10) for name in names]


def _of(pattern: Any) -> list[Any]:
    """The cases beside a pattern's file."""
    from mihari.library.cases import beside, load_cases

    where = beside(pattern.path) if pattern.path else None
    return load_cases(where) if where is not None and where.exists() else []


def _cases(files: tuple[Path, ...], pattern: Any) -> list[Any]:
    from mihari.library.cases import load_cases

    return [case for file in files for case in load_cases(file)] if files else _of(pattern)


def _library() -> list[Any]:
    """All cases that come with Mihari."""
    from mihari.library import starting

    return [case for one in starting() for case in _of(one)]


def _write(path: Path, text: str) -> None:
    from mihari.commands.console import why

    try:
        path.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise BadInput(f"{path}: {why(problem)}") from None


def _rows(found: Any) -> list[dict[str, Any]]:
    """Each choice with its figures."""
    precision, recall, f1 = found.figures
    hits, alarms, missed = found.tried.counts
    return [
        {
            "values": {name.rpartition("__")[2]: str(value) for name, value in choice.items()},
            "found": int(hits[k]), "false": int(alarms[k]), "missed": int(missed[k]),
            "precision": None if precision[k] != precision[k] else round(float(precision[k]), 4),
            "recall": round(float(recall[k]), 4), "f1": round(float(f1[k]), 4),
            "expected_f1": round(float(found.choice.expected[k]), 4),
        }
        for k, choice in enumerate(found.choices)
    ]  # fmt: skip


def _tuning(found: Any) -> dict[str, Any]:
    rows, choice = _rows(found), found.choice
    likely = [rows[k]["values"] for k in choice.likely] if len(found.ranges) == 1 else None
    return {
        "pattern": found.kind, "cases": len(found.cases), "tried": rows, "present": rows[choice.present],
        "suggested": rows[choice.best], "alike": likely, "gain": [round(x, 4) for x in choice.gain],
    }  # fmt: skip


def _say(found: Any) -> None:
    told = _tuning(found)
    click.echo(f"{found.kind}: {len(found.cases)} cases, {sum(case.positive for case in found.cases)} confirmed")
    click.echo(
        f"{'value':>24} {'found':>6} {'false':>6} {'missed':>6} {'precision':>9} {'recall':>7} {'F1':>5} {'smooth':>6}"
    )
    rows = sorted(told["tried"], key=lambda row: -row["expected_f1"])[:MANY] if len(found.ranges) > 1 else told["tried"]
    for row in rows:
        mark = "  present" * (row["values"] == told["present"]["values"])
        mark += "  suggested" * (row["values"] == told["suggested"]["values"])
        precision = "-" if row["precision"] is None else f"{row['precision']:.2f}"
        value = ", ".join(row["values"].values())
        click.echo(
            f"{value:>24} {row['found']:6} {row['false']:6} {row['missed']:6} {precision:>9} {row['recall']:7.2f} "
            f"{row['f1']:5.2f} {row['expected_f1']:6.2f}{mark}"
        )
    if told["alike"]:
        ends = " to ".join(dict.fromkeys(", ".join(one.values()) for one in told["alike"]))
        click.echo(f"as good as what is suggested, as far as these cases tell: {ends}")
    low, high = told["gain"]
    click.echo(f"F1 gained beside the present value: {low:.2f} to {high:.2f} in 8 of 10 weighings of the cases")
    click.echo(
        "nothing was changed: put the value into the pattern's file, with where it is from, and grow its version"
    )
