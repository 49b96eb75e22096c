"""A node file -> all that is wrong with it: syntax, values, what does not fit together, what this machine lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mihari.commands import node_here, node_mesh, node_modems, node_patrol, node_rules, node_sensors, node_vehicles
from mihari.commands.findings import Finding, Found, Parts
from mihari.core.config import examine
from mihari.core.mistakes import key_of
from mihari.core.toml_text import line_of, lines_of, read_tables, read_text

RULES: tuple[Callable[[Parts], Iterator[Found]], ...] = (
    *node_rules.RULES, *node_sensors.RULES, *node_here.RULES, *node_mesh.RULES, *node_modems.RULES,
    *node_vehicles.RULES, *node_patrol.RULES,
)  # fmt: skip


def check_file(path: str) -> list[Finding]:
    """All findings, in the order of the file; mistakes before warnings on one line. BadInput without a file."""
    text = read_text(path)
    lines = lines_of(text)
    _, wrong = examine(path)
    findings = [Finding("mistake", mistake.key, mistake.problem, mistake.line) for mistake in wrong]
    parts = Parts.of(read_tables(path, text)[0])
    for rule in RULES:
        for found in rule(parts):
            line = line_of(lines, found.location)
            findings.append(Finding(found.level, key_of(found.location), found.problem, line))
    findings += [Finding(found.level, "", found.problem) for found in node_here.readable_secrets(path, parts)]
    return sorted(findings, key=lambda f: (f.line is None, f.line or 0, f.level))
