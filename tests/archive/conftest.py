"""Recordings and an archive that several tests read."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="package")
def strait(tmp_path_factory):
    """Captures and AIS logs of the simulated strait."""
    from archive_helpers import recordings

    return recordings(tmp_path_factory.mktemp("strait"))


@pytest.fixture(scope="package")
def kept(strait, tmp_path_factory):
    """(folder of an archive, the node that wrote it): a snapshot every 10 s. Not to be changed."""
    from archive_helpers import config_of

    from mihari.node import Node

    folder = tmp_path_factory.mktemp("kept") / "archive"
    with Node(config_of(strait, folder, snapshot_s=10.0), score=True) as node:
        assert node.wait(240)
    return folder, node
