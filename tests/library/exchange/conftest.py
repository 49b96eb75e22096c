"""A coast with an authority and nodes, anew for every test."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from exchange_coast import Coast


@pytest.fixture
def coast(tmp_path: Path) -> Coast:
    return Coast(tmp_path)
