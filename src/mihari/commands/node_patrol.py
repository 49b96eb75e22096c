"""`[patrol]` of a node file -> what is wrong with the patrol file and the plan that it names."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mihari.commands.findings import Found, Parts
from mihari.core.errors import MihariError


def wrong_patrol(parts: Parts) -> Iterator[Found]:
    """A patrol file that cannot be used, a plan that is none, or one of another patrol."""
    if not parts.patrol.file:
        return
    from mihari.patrol.file import load
    from mihari.patrol.plan import read

    key = "file"
    try:
        patrol = load(parts.patrol.file)
        if not parts.patrol.plan:
            return
        key = "plan"
        plan = read(parts.patrol.plan)
    except MihariError as error:
        yield Found("mistake", ("patrol", key), str(error))
        return
    if plan.patrol != patrol.name:
        problem = f"a plan of {plan.patrol!r}; expected one of {patrol.name!r}"
        yield Found("mistake", ("patrol", "plan"), problem)


RULES: tuple[Callable[[Parts], Iterator[Found]], ...] = (wrong_patrol,)
