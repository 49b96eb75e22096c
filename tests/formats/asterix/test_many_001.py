"""10,000 random records of category 001, see `test_many.py`."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import many

pytestmark = pytest.mark.slow


def test_libasterix_and_ours_agree_on_ten_thousand_records_of_001() -> None:
    many.agree(1)
