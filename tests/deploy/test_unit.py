"""The systemd unit is one that systemd takes, runs what there is, and gives away little."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from mihari.cli import cli

UNIT = Path(__file__).parents[2] / "deploy" / "mihari@.service"
MOST_EXPOSED = 2.0  # of 10, as `systemd-analyze security` counts; the network and serial lines cost 1.5
analyze = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")


@pytest.fixture
def unit(tmp_path):
    """The unit of one node, with programs that are here."""
    path = tmp_path / "mihari@naha.service"
    path.write_text(UNIT.read_text("utf-8").replace("/opt/mihari/bin/mihari", sys.executable), encoding="utf-8")
    return path


@analyze
def test_systemd_finds_nothing_wrong(unit):
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@analyze
def test_little_is_exposed(unit):
    command = ["systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSED * 10:.0f}", unit]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if "unrecognized option" in done.stderr:
        pytest.skip("systemd-analyze security --offline came with systemd 250")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr


def test_it_runs_commands_that_there_are_with_their_options():
    ran = re.findall(r"(?m)^Exec\w+=/opt/mihari/bin/mihari (\w+)(.*)$", UNIT.read_text("utf-8"))
    assert [name for name, _ in ran] == ["warm", "run"]
    for name, rest in ran:
        command = cli.get_command(click.Context(cli), name)
        known = {option for parameter in command.params for option in parameter.opts}
        assert set(re.findall(r"--[\w-]+", rest)) <= known


def test_the_watchdog_has_time_for_kernels_that_are_compiled_while_running():
    seconds = int(re.search(r"(?m)^WatchdogSec=(\d+)$", UNIT.read_text("utf-8"))[1])
    assert seconds >= 120  # compiling takes about a minute on two cores
