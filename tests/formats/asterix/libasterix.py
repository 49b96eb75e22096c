"""libasterix as an oracle: its own walk over its own tables, brought into the form of `to_dicts`."""

from __future__ import annotations

from typing import Any

import pytest

base = pytest.importorskip("asterix.base", reason="libasterix is not installed")
generated = pytest.importorskip("asterix.generated", reason="libasterix is not installed")


def category(number: int, edition: str) -> Any:
    return getattr(generated, f"Cat_{number:03d}_{edition.replace('.', '_')}")


def records(block: bytes, edition: str) -> list[dict[str, Any]]:
    """The items of every record of one data block; `ValueError` where libasterix refuses it."""
    (raw,) = base.RawDatablock.parse(base.Bits.from_bytes(block))
    profile = category(raw.get_category(), edition).cv_uap
    if issubclass(profile, base.UapMultiple):
        parsed = _of_its_profile(profile, raw.get_raw_records())
    else:
        parsed = profile.parse(raw.get_raw_records())
    if isinstance(parsed, ValueError):
        raise parsed
    return [{name: _value(item.arg.arg) for name, item in record.items_regular.items()} for record in parsed]


def _of_its_profile(profile: Any, rest: Any) -> list[Any]:
    """Records one after the other, each by the profile in which its selector names that profile."""
    (item, part), names = profile.cv_selector
    found = []
    while len(rest):
        for value, name in names.items():
            parsed = profile.cv_uaps[name].parse(base.ParsingMode.StrictParsing, rest)
            if isinstance(parsed, ValueError):
                continue
            record, after = parsed
            chosen = record.items_regular.get(item)
            if (0 if chosen is None else _value(chosen.arg.arg)[part]) == value:
                found.append(record)
                rest = after
                break
        else:
            raise ValueError("no profile fits")
    return found


def _value(variation: Any) -> Any:
    if isinstance(variation, base.Element):
        content = getattr(variation.cv_rule, "cv_content", None)
        signedness = getattr(content, "cv_signedness", base.Unsigned)
        return signedness.convert(len(variation.bs), variation.as_uint())
    if isinstance(variation, base.Group):
        return _named(variation.arg)
    if isinstance(variation, base.Extended):
        return _named([item for group in variation.arg for item in group if item is not None])
    if isinstance(variation, base.Repetitive):
        return [_value(item) for item in variation.arg]
    if isinstance(variation, base.Compound):
        return {name: _value(item.arg.arg) for name, item in variation.arg.items()}
    assert isinstance(variation, base.Explicit)
    return variation.get_bytes()


def _named(items: list[Any]) -> dict[str, Any]:
    return {i.arg.cv_name: _value(i.arg.arg.arg) for i in items if not isinstance(i, base.Spare)}
