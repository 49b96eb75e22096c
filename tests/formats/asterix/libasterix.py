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
    return [{name: _value(item.arg.arg) for name, item in one.items_regular.items()} for one in _parsed(raw, edition)]


def _parsed(raw: Any, edition: str) -> list[Any]:
    profile = category(raw.get_category(), edition).cv_uap
    if issubclass(profile, base.UapMultiple):
        parsed = _of_its_profile(profile, raw.get_raw_records())
    else:
        parsed = profile.parse(raw.get_raw_records())
    if isinstance(parsed, ValueError):
        raise parsed
    return list(parsed)


def written(records: list[dict[str, Any]], number: int, edition: str) -> bytes:
    """One data block as libasterix writes it from the items of records."""
    profile = category(number, edition).cv_uap
    body = b"".join(_created(profile, items).unparse().to_bytes() for items in records)
    return bytes([number]) + (3 + len(body)).to_bytes(2, "big") + body


def _created(profile: Any, items: dict[str, Any]) -> Any:
    if issubclass(profile, base.UapMultiple):
        (item, part), names = profile.cv_selector
        record = profile.cv_uaps[names[items.get(item, {}).get(part, 0)]]
    else:
        record = profile.cv_record
    own = {i.cv_non_spare.cv_name: i.cv_non_spare for i in record.cv_items_list if issubclass(i, base.UapItem)}
    return record.create({name: _argument(own[name].cv_rule.cv_variation, value) for name, value in items.items()})


def _argument(variation: Any, value: Any) -> Any:
    """A value in the form that libasterix takes."""
    if issubclass(variation, base.Element):
        return value & (1 << variation.cv_bit_size) - 1
    if issubclass(variation, base.Group):
        return tuple(_part(item, value) for item, _ in variation.cv_items_list)
    if issubclass(variation, base.Extended):
        groups = [[None if entry is None else entry[0] for entry in group] for group in variation.cv_items_list]
        there = [g for g in groups if any(_name(item) in value for item in g)]
        return [tuple(None if item is None else _part(item, value) for item in group) for group in there]
    if issubclass(variation, base.Repetitive):
        return [_argument(variation.cv_variation, one) for one in value]
    if issubclass(variation, base.Compound):
        return {name: _argument(variation.cv_items_dict[name].cv_rule.cv_variation, v) for name, v in value.items()}
    return value


def _name(item: Any) -> str:
    return item.cv_non_spare.cv_name if item is not None and issubclass(item, base.Item) else ""


def _part(item: Any, value: dict[str, Any]) -> Any:
    return _argument(item.cv_non_spare.cv_rule.cv_variation, value[_name(item)]) if _name(item) else 0


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
