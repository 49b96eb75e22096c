"""docs/tracking-mathematics.md names functions and settings that there are."""

import re
from pathlib import Path

import pytest

from mihari.tracks import TrackerSettings

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "tracking-mathematics.md").read_text(encoding="utf-8")
NAMED = re.findall(r"\]\(\.\./(src/mihari/[\w/]+\.py)\)((?:,?\s+`\w+`)+)", TEXT)


@pytest.mark.parametrize(
    ("module", "names"), NAMED, ids=[f"{m.rpartition('/')[2]}-{k}" for k, (m, _) in enumerate(NAMED)]
)
def test_a_function_stands_in_the_module_that_is_named_before_it(module, names):
    source = (ROOT / module).read_text(encoding="utf-8")
    missing = [name for name in re.findall(r"`(\w+)`", names) if not re.search(rf"^def {name}\(", source, re.MULTILINE)]
    assert missing == []


def test_every_setting_that_is_named_is_one():
    functions = {name for _, names in NAMED for name in re.findall(r"`(\w+)`", names)}
    told = set(re.findall(r"`([a-z_]+)`", TEXT)) | set(re.findall(r"texttt\{(\w+)\}", TEXT))
    others = {"visibility_ais"}
    assert told - functions - others - set(TrackerSettings._fields) == set()


def test_no_mathematics_that_github_refuses():
    """GitHub's MathJax knows no operatorname; Markdown eats a backslash before punctuation."""
    assert not re.search(r"operatorname|\\[^a-zA-Z\s]", TEXT)
    assert TEXT.count("$$") % 2 == 0
