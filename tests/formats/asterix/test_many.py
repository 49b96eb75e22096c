"""10,000 random records of a category: libasterix reads of our bytes what we meant, and ours are the bytes it writes.

Categories whose records are long have a file of their own each (`test_many_015.py`).
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import many


@pytest.mark.parametrize("number", [19, *(pytest.param(k, marks=pytest.mark.slow) for k in (2, 63, 65, 205))])
def test_libasterix_and_ours_agree_on_ten_thousand_records(number: int) -> None:
    many.agree(number)
