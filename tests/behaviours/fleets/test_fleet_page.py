"""docs/fleets.md tells the parameters and the evidence as they are in the code."""

from dataclasses import asdict
from pathlib import Path

import pytest

from mihari.behaviours.fleets import Parameters
from mihari.behaviours.fleets.evidence import EVIDENCE, PRIORS

PAGE = (Path(__file__).parents[3] / "docs" / "fleets.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", asdict(Parameters()))
def test_every_parameter_is_told_with_its_value(name):
    assert f"| `{name}` | {getattr(Parameters(), name):g} | " in PAGE


@pytest.mark.parametrize("piece", EVIDENCE, ids=lambda piece: f"{piece.purpose}-{piece.figure}")
def test_every_piece_of_evidence_is_told_with_what_it_is_worth(piece):
    row = next(
        line for line in PAGE.splitlines() if line.startswith(f"| {piece.purpose} | {PRIORS[piece.purpose]:g} |")
    )
    assert f"`{piece.figure}` {piece.at[0]:g} → {piece.at[1]:g}: {piece.low:+g} → {piece.high:+g}" in row
