"""`mihari platforms [ID]`: aircraft, boats, vehicles under water that carry sensors, and where each figure is from."""

from __future__ import annotations

from typing import Any

import click

from mihari.commands.console import as_json, print_json


@click.command(
    epilog="""\b
Examples:
  mihari platforms
  mihari platforms tb3
  mihari platforms mine.toml --json
"""
)
@click.argument("id", required=False, metavar="[ID]")
@as_json
def platforms(id: str | None, as_json: bool) -> None:
    """Aircraft, boats, vehicles under water: what they can do, and where each figure is from.

    ID is a platform of the list, or a file of your own (….toml). JSON is in SI units. docs/platforms.md tells more.
    """
    from mihari.sensors.platform import profile, profiles

    if id is None:
        found = list(profiles().values())
        if as_json:
            print_json([_json(one) for one in found])
        else:
            _list(found)
        return
    one = profile(id)
    if as_json:
        print_json(_json(one))
    else:
        _details(one)


def _json(one: Any) -> dict[str, Any]:
    """A platform as JSON: values in SI, each figure as its file has it."""
    from mihari.sensors.platform import NAMES

    plain = {key: getattr(one, key) for key in ("id", "name", "kind", "drive", "about")}
    sensors = [{"kind": s.kind, "name": s.name, "si": dict(s.values), "figures": _figures(s)} for s in one.sensors]
    si = {name: getattr(one, name) for name in NAMES if name in one.figures}
    return plain | {"si": si, "figures": _figures(one), "sensors": sensors}


def _figures(of: Any) -> dict[str, dict[str, Any]]:
    return {
        f.key: {"value": f.value}
        | ({"assumed": True, "reason": f.reason} if f.assumed else {"source": f.source, "unverified": f.unverified})
        for f in of.figures.values()
    }


def _list(found: list[Any]) -> None:
    from mihari.sensors.platform_page import told

    rows = [("id", "name", "kind", "endurance", "cruise", "link", "sensors")]
    for one in found:
        figures = [told(one.figures[name]) for name in ("endurance", "cruise", "link")]
        rows.append((one.id, one.name, one.kind, *figures, ", ".join(s.kind for s in one.sensors)))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]) - 1)]
    for row in rows:
        click.echo("  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]))


def _details(one: Any) -> None:
    from mihari.sensors.platform_page import told

    click.echo(f"{one.name} ({one.id}): {one.kind}, {one.drive}\n{one.about}")
    for title, of in [("", one), *((f"\n{s.name} ({s.kind})", s) for s in one.sensors)]:
        click.echo(title)
        for figure in of.figures.values():
            click.echo(f"  {figure.key:<20}{told(figure):<28}{figure.origin}")
