"""A draft -> the file of a pattern: the definition, its figures with what was seen, and where people must write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import fill

from mihari.behaviours.language import Quantity
from mihari.behaviours.language.units import converted
from mihari.library.learning.conditions import Figure, called
from mihari.library.learning.drafting import Drafted, Reason

MINUTE = 60
TO_WRITE = "TO BE WRITTEN"
WIDTH = 130
SOURCE = "seen in the cases, and as much wider as so few cases leave open"


def minutes(seconds: float) -> str:
    """A time as people say it.

    >>> minutes(1800), minutes(9000)
    ('30 min', '2.5 h')
    """
    return f"{seconds / MINUTE:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def reasons(found: Drafted) -> list[str]:
    """Why each condition is there, a line each."""
    return [_reason(one, found.background) for one in found.reasons]


def _reason(one: Reason, background: int) -> str:
    spans = {minutes(one.shortest), minutes(one.longest)}
    lasts = " to ".join((minutes(one.shortest), minutes(one.longest))) if len(spans) > 1 else spans.pop()
    rest = f"{one.others} of {background} others as long; with all above, {one.left}"
    seen = "".join(f"; {f.name} {f.value}, seen {f.least} to {f.most}" for f in one.condition.figures)
    text = " ".join(one.condition.text.split())
    return f"{text}: in {one.cases} of {one.cases} cases, for {lasts}; {rest}{seen}"


def definition(found: Drafted, name: str) -> str:
    """The definition in the language of behaviours."""
    head = f"{name}(a, b)" if found.pair else f"{name}(v)"
    parts = [" ".join(one.condition.text.split()) for one in found.reasons]
    lines = [f"{head} = " + "\n  and ".join(parts)]
    if found.without:
        lines.append("  without (ordinary(a) or ordinary(b))" if found.pair else "  without (ordinary(v))")
    if found.breaks:
        lines.append("  ignoring breaks up to breaks")
    lines.append("  lasting at least lasts")
    ordinary = _wrapped(" or ".join(called(one, "v") for one in found.without))
    return (f"ordinary(v) = {ordinary}\n\n" if found.without else "") + "\n".join(lines) + "\n"


def _wrapped(text: str) -> str:
    return fill(text, WIDTH - 20, subsequent_indent="  ", break_long_words=False)


def figures(found: Drafted) -> Iterator[Figure]:
    """All parameters."""
    yield Figure("lasts", _time(found.least), *(_time(round(x / MINUTE) * MINUTE) for x in found.seen))
    if found.breaks:
        yield Figure("breaks", _time(found.breaks), _time(0), _time(found.breaks * 2))
    for one in found.reasons:
        yield from one.condition.figures


def _time(seconds: int) -> Quantity:
    whole = seconds % MINUTE == 0
    return Quantity(float(seconds // MINUTE), "min") if whole else Quantity(float(seconds), "s")


def written(found: Drafted, name: str, cases: Sequence[str]) -> str:
    """The whole file, which `examined` takes; `cases`: what it was drafted from."""
    who = "Two vessels" if found.pair else "A vessel"
    why = "\n".join(f"#   {line}" for line in reasons(found))
    without = _wrapped(", ".join(found.without)).replace("\n", "\n#   ")
    head = [
        f"# Drafted from {len(cases)} cases that are alike; {found.background} others beside them, of whom "
        f"{found.left} meet all conditions.", why, *([f"#   without: {without}: in none of the cases"] * bool(without)),
    ]  # fmt: skip
    told = f"{who}: " + "; ".join(one.condition.about for one in found.reasons)
    seen = f"{told}. So for {minutes(found.seen[0])} to {minutes(found.seen[1])} in {len(cases)} cases."
    because = "{a} and {b}" if found.pair else "{v}"
    body = f'''format = 1
name = "{name}"
version = 1
title = "{TO_WRITE}: {name.replace("_", " ")}"
status = "draft"
urgency = ""
description = """
{fill(seen, WIDTH)}
{TO_WRITE}: what happens, why, and how it looks on a chart."""
because = "{because}: {"; ".join(one.condition.about for one in found.reasons)}, for {{lasted}}"
innocent = ["{TO_WRITE}: what else it could be"]
references = ["drafted from {len(cases)} cases: {_quoted(", ".join(cases))[:300]}"]
definition = \'\'\'
{definition(found, name)}\'\'\'
'''
    tables = [_table(figure) for figure in figures(found)]
    look = f'[look]\nsensor = ["camera"]\nplace = "{TO_WRITE}: from where"\nchecklist = ["{TO_WRITE}"]\n'
    return "\n".join(["\n".join(head), body, *tables, look])


def _table(figure: Figure) -> str:
    """A parameter; what was tried is what was seen, and the value."""
    unit = figure.value.unit
    texts = sorted((figure.least, figure.most, figure.value), key=lambda q: converted(q.value, q.unit, unit))
    return (
        f'[[parameter]]\nname = "{figure.name}"\nvalue = "{figure.value}"\nleast = "{texts[0]}"\nmost = "{texts[-1]}"\n'
        f'source = "{SOURCE}: {figure.least} to {figure.most}"\n'
    )


def _quoted(text: str) -> str:
    return " ".join(text.replace("\\", "").replace('"', "").split())
