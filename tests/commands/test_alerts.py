"""`mihari alerts` on records, `mihari watch` on a real node with its face."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parents[1] / "alerts"))
import sqlalchemy as sa
from alert_helpers import A, Evidence, T, Urgency, again, by, found

from mihari.alerts import actions, tables
from mihari.alerts.records import Records
from mihari.alerts.watch import Watch
from mihari.cli import cli
from mihari.core.behaviour import Standing, unnamed
from mihari.core.config import NodeConfig
from mihari.core.errors import BadInput
from mihari.node import Node

HOSTILE = "\x1b]0;owned\x07[bold red]KAIYO[/]\u202e<b>"


def mihari(*arguments: object) -> tuple[int, str]:
    """The command in this process: exit code and output, or the error people would see as one sentence."""
    result = CliRunner(env={"COLUMNS": "200"}).invoke(cli, [str(argument) for argument in arguments])
    if isinstance(result.exception, BadInput):
        return 2, str(result.exception)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Records of three alerts, one of them acknowledged, one retracted."""
    records = Records(tmp_path / "r.sqlite").open()
    watch = Watch(records)
    watch.begin(T - 100.0)
    evidence = Evidence(facts={"gap_h": 3.2, HOSTILE: HOSTILE}, coverage={"KUME": 0.97})
    gap = found("gap", evidence=evidence, because=f"{HOSTILE} silent 3.2 h", innocent=("equipment failure",))
    dark = found("dark", (unnamed(7),), urgency=Urgency.ALARM, decided=T + 65.0)
    watch.take([([gap, dark, found("gap", (A + 1,))], (), T + 60.0)])
    watch.take([([again(found("gap", (A + 1,)), standing=Standing.RETRACTED)], (), T + 70.0)])
    watch.act(1, lambda b: actions.acknowledge(b, 1, by(HOSTILE), "unit sent"))
    records.close()
    return tmp_path / "r.sqlite"


def test_the_list_is_in_order_with_signs_and_words(path):
    code, told = mihari("alerts", "list", "--records", path)
    assert code == 0
    assert re.search(r"■ ALARM .* #7 .*not acknowledged.*\n", told)
    assert told.index("■ ALARM") < told.index("retracted") < told.index("acknowledged by")
    assert json.loads(mihari("alerts", "list", "--records", path, "--json")[1])["counts"]["calling"] == 2


def test_one_alert_is_told_with_evidence_and_what_people_did(path):
    code, told = mihari("alerts", "show", 1, "--records", path)
    assert code == 0
    assert "gap_h = 3.2" in told
    assert "KUME would have seen it with probability 0.97" in told
    assert "could also be: equipment failure" in told
    assert "acknowledged: unit sent" in told
    assert mihari("alerts", "show", 99, "--records", path) == (2, "there is no alert 99")


def test_no_text_acts_on_the_terminal(path):
    for command in (["list"], ["show", 1], ["log"], ["handover"]):
        told = mihari("alerts", *command, "--records", path)[1]
        assert "KAIYO" in told or command == ["handover"]
        assert not set(told) & set("\x1b\x07\u202e")


def test_log_and_handover_tell_their_span(path):
    lines = json.loads(mihari("alerts", "log", "--records", path, "--json")[1])["lines"]
    assert [line["what"] for line in lines] == ["started", "raised", "raised", "raised", "retracted", "acknowledged"]
    assert mihari("alerts", "log", "--records", path, "--to", "-1h")[1] == ""
    assert "## Nobody has acknowledged: 2" in mihari("alerts", "handover", "--records", path)[1]
    assert "lies before" in mihari("alerts", "handover", "--records", path, "--to", "-9h")[1]


def test_verify_ends_with_two_and_names_the_row_where_the_audit_is_broken(path):
    assert mihari("alerts", "verify", "--records", path)[0] == 0
    records = Records(path)
    with records.engine.begin() as connection:
        connection.execute(sa.update(tables.audit).where(tables.audit.c.row == 3).values(who="nobody"))
    records.close()
    code, told = mihari("alerts", "verify", "--records", path)
    assert (code, told) == (2, "The audit is broken at row 3: what it says was changed.\n")


def test_records_that_are_not_there_are_not_made(tmp_path):
    code, told = mihari("alerts", "list", "--records", tmp_path / "none.sqlite")
    assert (code, "there are no records" in told) == (2, True)
    assert not (tmp_path / "none.sqlite").exists()
    (tmp_path / "n.toml").write_text('[alerts]\nrecords = "temporary"\n')
    assert "temporary" in mihari("alerts", "list", "--node", tmp_path / "n.toml")[1]
    assert mihari("alerts", "list", "--records", "mysql://x/y")[0] == 2


def test_the_records_of_a_node_file_are_found(path, tmp_path):
    (tmp_path / "n.toml").write_text(f'[alerts]\nrecords = "{path}"\n')
    assert "■ ALARM" in mihari("alerts", "list", "--node", tmp_path / "n.toml")[1]


@pytest.mark.timeout(240)
def test_watch_shows_a_running_nodes_alerts_and_vessels(tmp_path):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        feed = {"url": f"udp://127.0.0.1:{free.getsockname()[1]}?format=ais"}
    tables = {"node": {"name": "naha"}, "feed": [feed], "face": {"port": 0}, "alerts": {"records": str(tmp_path / "r")}}
    with Node(NodeConfig.model_validate(tables)) as node:
        assert node.face is not None
        assert node.desk is not None
        bad = found("gap", (A,), int(time.time()), because=f"{HOSTILE} is silent", urgency=Urgency.ALARM)
        node.desk.take([bad], [], time.time())
        assert node.desk.settled()
        for _ in range(1200):  # the first tick may have to compile
            if node.health.alerts and node.health.alerts["written"] == 1:
                break
            time.sleep(0.1)
        assert node.health.alerts["state"] == "writing"
        code, told = mihari("watch", "--url", node.face.url, "--once")
        assert code == 0, told
        assert re.search(r"naha .* 1 to acknowledge, 0 set aside", told)
        assert "■ ALARM" in told
        assert not set(told) & set("\x1b\x07\u202e")
        as_told = json.loads(mihari("watch", "--port", node.face.port, "--json")[1])
        assert (len(as_told["alerts"]), as_told["vessels_total"]) == (1, 0)
    code, told = mihari("watch", "--url", node.face.url, "--once")
    assert (code, "no node answers there" in told) == (2, True)


def test_help_has_examples():
    for command in (["watch"], ["alerts"], ["alerts", "list"], ["alerts", "handover"]):
        assert "Examples:" in mihari(*command, "--help")[1]


def test_where_no_node_runs_it_is_one_sentence_and_exit_code_two():
    command = [sys.executable, "-m", "mihari", "watch", "--port", "9", "--once"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "no node answers there" in done.stderr


def test_the_living_table_ends_on_ctrl_c(tmp_path):
    """On a terminal of its own, against a node that answers."""
    import os
    import pty
    import select
    import signal

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        feed = {"url": f"udp://127.0.0.1:{free.getsockname()[1]}?format=ais"}
    told = {"node": {"name": "naha"}, "feed": [feed], "face": {"port": 0}, "alerts": {"records": "temporary"}}
    with Node(NodeConfig.model_validate(told)) as node:
        assert node.face is not None
        master, slave = pty.openpty()
        command = [sys.executable, "-m", "mihari", "watch", "--url", node.face.url, "--every", "0.2"]
        running = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=os.environ | {"TERM": "xterm", "COLUMNS": "100"}
        )
        os.close(slave)
        seen, until = b"", time.monotonic() + 60.0
        while time.monotonic() < until and b"0 to acknowledge" not in seen:
            if select.select([master], [], [], 0.5)[0]:
                seen += os.read(master, 65536)
        running.send_signal(signal.SIGINT)
        until = time.monotonic() + 20.0
        while running.poll() is None and time.monotonic() < until:
            with contextlib.suppress(OSError):  # its end of the terminal is closed
                if select.select([master], [], [], 0.2)[0]:
                    os.read(master, 65536)
        os.close(master)
        assert running.wait(5) == 130
        assert b"0 to acknowledge" in seen
