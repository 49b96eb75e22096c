"""The example of docs/platforms.md runs and ends as it says."""

import re
from pathlib import Path

PAGE = (Path(__file__).parents[2] / "docs" / "platforms.md").read_text("utf-8")


def test_the_example_flies_and_lands(capsys):
    code = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0]
    exec(compile(code, "platforms.md", "exec"), {})
    assert capsys.readouterr().out.strip() == re.findall(r"print\(body\.on\)  # (.*)", code)[0]
