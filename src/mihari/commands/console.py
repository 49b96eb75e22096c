"""What commands share: JSON output, progress on long work, the options that recur."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

import click

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")


class Number(click.ParamType):  # type: ignore[type-arg]  # not generic in older editions of click
    """A finite number of at least `least` (`above`: more than that), at most `most`; click's ranges let NaN through."""

    name = "number"

    def __init__(self, least: float = 0.0, above: bool = False, most: float = math.inf) -> None:
        self.least, self.above, self.most = least, above, most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number, or the sentence that says what was expected."""
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if (
            not (self.least < number if self.above else self.least <= number)
            or not number <= self.most
            or number == math.inf
        ):
            bound = f"above {self.least:g}" if self.above else f"of at least {self.least:g}"
            bound += f" and at most {self.most:g}" if math.isfinite(self.most) else ""
            self.fail(f"expected a number {bound}, found {str(value)!r}", param, ctx)
        return number


def why(error: OSError) -> str:
    """What the system says of a file that cannot be used, in a few words.

    >>> import errno
    >>> why(OSError(errno.ENOENT, "Failed to open local file 'x'. Detail: [errno 2] ..."))
    'no such file or directory'
    """
    return (os.strerror(error.errno) if error.errno else str(error)).lower()


def print_json(value: Mapping[str, Any] | list[Any]) -> None:
    """One JSON document on standard output."""
    import orjson

    options = orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS
    sys.stdout.write(orjson.dumps(value, option=options).decode())
    sys.stdout.flush()


class Advance(Protocol):
    """Told how far a long work has come, 0 to 1, and in a few words what it is at."""

    def __call__(self, share: float, text: str = "") -> None:
        """Show it."""


@contextmanager
def progress(title: str, quiet: bool = False) -> Iterator[Advance]:
    """A progress bar on standard error; nothing where that is no terminal or `quiet` is asked."""
    if quiet or not sys.stderr.isatty():
        yield lambda share, text="": None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=1.0)

        def advance(share: float, text: str = "") -> None:
            bar.update(task, completed=share, description=text or title)

        yield advance
