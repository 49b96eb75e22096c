"""Where the log goes, and in which form."""

import json
import logging

import pytest

from mihari.core.config import HealthSection
from mihari.core.errors import BadInput
from mihari.health.logs import logging_to

log = logging.getLogger("mihari.node")


def test_json_lines_are_one_object_each_whatever_the_message(tmp_path):
    path = tmp_path / "node.log"
    with logging_to(HealthSection(log="json", log_file=str(path))):
        log.warning('Feed %s is\nsilent: "é"', "cape", extra={"feed": "cape", "alarm": "silent:0"})
        try:
            raise ValueError("no")
        except ValueError:
            log.exception("a bug")
    first, second = (json.loads(line) for line in path.read_text("utf-8").splitlines())
    assert first["message"] == 'Feed cape is\nsilent: "é"'
    assert (first["level"], first["logger"], first["feed"], first["alarm"]) == (
        "warning",
        "mihari.node",
        "cape",
        "silent:0",
    )
    assert first["time"].endswith("Z")
    assert "ValueError: no" in second["error"]


def test_text_on_standard_error_tells_warnings_only_and_no_failure_twice(capsys):
    with logging_to(HealthSection()):
        log.info("over: it was silent")
        log.warning("Feed cape is silent.")
        log.warning("Feed cape has failed.", extra={"alarm": "failed:0"})
    assert capsys.readouterr().err == "mihari: Feed cape is silent.\n"


def test_a_text_file_has_times_and_everything(tmp_path):
    path = tmp_path / "node.log"
    with logging_to(HealthSection(log_file=str(path))):
        log.info("over: it was silent")
    (line,) = path.read_text().splitlines()
    assert line.endswith("Z info: over: it was silent")


def test_a_log_that_cannot_be_written_is_one_sentence(tmp_path):
    told = HealthSection(log_file=str(tmp_path / "nowhere" / "node.log"))
    with (
        pytest.raises(BadInput, match=r"node\.log: the log cannot be written there: no such file or directory"),
        logging_to(told),
    ):
        pass


def test_the_log_of_a_year_stays_small(tmp_path, monkeypatch):
    monkeypatch.setattr("mihari.health.logs.FILE_BYTES", 1000)
    with logging_to(HealthSection(log="json", log_file=str(tmp_path / "node.log"))):
        for k in range(1000):
            log.warning("Feed %d is silent.", k)
    assert sum(p.stat().st_size for p in tmp_path.iterdir()) < 7000
