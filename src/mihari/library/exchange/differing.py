"""Two patterns, or two bundles -> what is different between them, in words. What means the same is no difference:
comments, spaces, the order of keys, parameters, references and parts of the definition, 30 min or 1800 s.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mihari.library.exchange.bundle import Bundle, sha256
from mihari.library.exchange.leaves import Place, leaves, same, shown
from mihari.library.pattern import Pattern, examined

LONG = 100  # characters: a longer text is compared line by line


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: where, and what of it, in words or (`lines`) line by line, as `diff -u` has it."""

    where: str
    told: str
    lines: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n".join([f"{self.where}{'' if self.where.endswith(':') else ':'} {self.told}", *self.lines])


def differences(a: Pattern, b: Pattern) -> list[Change]:
    """What is different in `b`, in the order of a pattern's file; [] where they mean the same."""
    old, new = leaves(a.file), leaves(b.file)
    places = [*new, *(place for place in old if place not in new)]
    order = {key: number for number, key in enumerate(type(a.file).model_fields)}
    found: list[Change] = []
    for group in sorted({_group(place) for place in places}, key=lambda g: (order.get(g[0], len(order)), g)):
        inside = [place for place in places if _group(place) == group]
        if len(group) > 1 and not any(place in old for place in inside):
            found.append(Change(" ".join(group), f"added, {new.get((*group, 'value'), 'new')}"))
        elif len(group) > 1 and not any(place in new for place in inside):
            found.append(Change(" ".join(group), "removed"))
        else:
            for place in inside:
                found += _changed(place, old.get(place), new.get(place))
    return found


def _group(place: Place) -> Place:
    """A parameter is told of as a whole where it is new or gone; other values by themselves."""
    return place[:2] if len(place) == 3 else place


def _changed(place: Place, old: Any, new: Any) -> Iterator[Change]:
    where = shown(place)
    if same(place, old, new):
        return
    if isinstance(old or new, list):
        yield from _of_lists(where, old or [], new or [])
    elif place == ("definition",) or len(str(old)) > LONG or len(str(new)) > LONG:
        lines = difflib.unified_diff(str(old or "").splitlines(), str(new or "").splitlines(), lineterm="", n=2)
        yield Change(where, "changed", tuple(line for line in lines if not line.startswith(("---", "+++"))))
    else:
        yield Change(where, f"{_plain(old)} -> {_plain(new)}")


def _of_lists(where: str, old: list[str], new: list[str]) -> Iterator[Change]:
    added, gone = [x for x in new if x not in old], [x for x in old if x not in new]
    if added:
        yield Change(where, f"added {', '.join(map(_plain, added))}")
    if gone:
        yield Change(where, f"removed {', '.join(map(_plain, gone))}")
    if [x for x in new if x in old] != [x for x in old if x in new]:
        yield Change(where, f"order changed, now {', '.join(map(_plain, new))}")


def _plain(value: Any) -> str:
    """A value as a sentence has it.

    >>> _plain("30 min"), _plain("two words, and more"), _plain(None)
    ('30 min', '"two words, and more"', 'none')
    """
    if value in (None, ""):
        return "none"
    return f'"{value}"' if isinstance(value, str) and len(value.split()) > 2 else str(value)


def bundle_differences(a: Bundle, b: Bundle) -> list[Change]:
    """What is different in bundle `b`: its envelope, then pattern by pattern."""
    old, new = a.manifest, b.manifest
    found: list[Change] = []
    for key in ("name", "version", "groups", "note"):
        one, other = (
            _plain(", ".join(v) if isinstance(v, tuple) else v) for v in (getattr(old, key), getattr(new, key))
        )
        if one != other:
            found.append(Change(key, f"{one} -> {other}"))
    if a.signer.id != b.signer.id:
        found.append(Change("signer", f"{a.signer.name} ({a.signer.id}) -> {b.signer.name} ({b.signer.id})"))
    versions = [{entry.name: entry.version for entry in m.patterns} for m in (old, new)]
    for name in sorted(versions[0].keys() | versions[1].keys()):
        found += _of_pattern(name, a, b, versions[0].get(name), versions[1].get(name))
    told = [one for one in new.revokes if one not in old.revokes]
    which = [(w, f"version {', '.join(map(str, w.versions))}" if w.versions else "all versions") for w in told]
    return [*found, *(Change(one.name, f"{of} withdrawn by {one.node}: {one.reason}") for one, of in which)]


def _of_pattern(name: str, a: Bundle, b: Bundle, old: int | None, new: int | None) -> Iterator[Change]:
    if old is None or new is None:
        yield Change(name, f"removed (version {old})" if new is None else f"added (version {new})")
        return
    if a.text(name) != b.text(name):
        one, other = (examined(bundle.text(name), f"{name}.toml")[0] for bundle in (a, b))
        if one is None or other is None:
            yield Change(name, "changed; one of the two is no pattern that this version reads")
            return
        for change in differences(one, other):
            yield Change(f"{name}: {change.where}", change.told, change.lines)
    if sha256(a.cases(name)) != sha256(b.cases(name)):
        yield Change(name, f"proof cases {_presence(a.cases(name), b.cases(name))}")
    if a.record(name) != b.record(name):
        yield Change(name, f"record {_presence(a.record(name), b.record(name))}")


def _presence(old: Any, new: Any) -> str:
    return "changed" if old and new else "added" if new else "removed"
