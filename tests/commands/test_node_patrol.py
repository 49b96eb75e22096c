"""`mihari node check` reads the patrol file and the plan that a node file names."""

from __future__ import annotations

from click.testing import CliRunner

from mihari.cli import cli
from mihari.patrol.plan import Plan, write


def checked(folder, text):
    """What the check says of a node file, and its exit code."""
    file = folder / "node.toml"
    file.write_text(text)
    told = CliRunner().invoke(cli, ["node", "check", str(file)])
    return told.output, told.exit_code


def test_a_patrol_that_is_right_is_no_finding(tmp_path):
    plan = tmp_path / "plan.json"
    write(Plan("West of Kume", 0.0, 1.0, ()), plan)
    told, _ = checked(tmp_path, f'[patrol]\nfile = "seaward"\nplan = "{plan}"\n')
    assert "patrol.file" not in told
    assert "patrol.plan" not in told


def test_what_is_wrong_is_told_with_its_line(tmp_path):
    told, code = checked(tmp_path, '[patrol]\n\nfile = "nowhere.toml"\n')
    assert "node.toml:3: patrol.file: " in told
    assert code == 2
    bad = tmp_path / "patrol.toml"
    bad.write_text('name = "x"\n')
    told, _ = checked(tmp_path, f'[patrol]\nfile = "{bad}"\n')
    assert "patrol.file" in told
    assert "start" in told


def test_a_plan_of_another_patrol_is_a_mistake(tmp_path):
    plan = tmp_path / "plan.json"
    write(Plan("Nansei", 0.0, 1.0, ()), plan)
    told, code = checked(tmp_path, f'[patrol]\nfile = "seaward"\nplan = "{plan}"\n')
    assert "patrol.plan: a plan of 'Nansei'; expected one of 'West of Kume'" in told
    assert code == 2
    plan.write_text("{}")
    told, _ = checked(tmp_path, f'[patrol]\nfile = "seaward"\nplan = "{plan}"\n')
    assert "expected a plan of `mihari plan`" in told
