"""What is different between two patterns is told in words; what means the same is none. Two that differ become one."""

from __future__ import annotations

import pytest
from exchange_coast import CRAWLS, NOW, Coast, bundle, pattern, version
from hypothesis import given, settings
from hypothesis import strategies as st

from mihari.core.errors import BadInput
from mihari.library import load, starting
from mihari.library.exchange import Content, bundle_differences, differences, make, merge, parse, withdrawn
from mihari.library.exchange.leaves import leaves
from mihari.library.exchange.toml_parts import parts_of, written_out
from mihari.library.pattern import Pattern, PatternFile, examined

TABLE = """
[[parameter]]
name = "wide"
value = "500 m"
least = "100 m"
most = "1 km"
source = "made up"
"""


def edited(*pairs: tuple[str, str], text: str = CRAWLS) -> Pattern:
    """The pattern in which words are replaced, each of them there."""
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    return pattern(text)


def told(*pairs: tuple[str, str]) -> list[str]:
    return [str(change) for change in differences(pattern(), edited(*pairs))]


def moved(text: str) -> str:
    """The parameters the other way round, the keys too."""
    head, low, high = text.split("\n[[parameter]]\n")
    high, look = high.split("\n[look]\n")
    keys = head.strip().split("\ndefinition = ")
    first = "\n".join(reversed(keys[0].splitlines()))
    return f"{first}\ndefinition = {keys[1]}\n[look]\n{look}\n[[parameter]]\n{high}\n\n[[parameter]]\n{low}\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('title = "Crawls"', '# how it is called\ntitle = "Crawls"  # or creeps'),
        ('title = "Crawls"', "title = 'Crawls'"),
        ("waits(v) = low", "# slow\nwaits(v)  =  low"),
        ('value = "4 kn"', 'value = "4.0 kn"'),
        ("waits(v) = low <= speed(v) < high\n\ncrawls(v) = waits(v) lasting at least 10 min",
         "crawls(v) = waits(v) lasting at least 10 min\nwaits(v) = low <= speed(v) < high"),
    ],
)  # fmt: skip
def test_what_means_the_same_is_no_difference(old: str, new: str) -> None:
    assert told((old, new)) == []


def test_the_order_of_keys_and_parameters_is_no_difference() -> None:
    other = pattern(moved(CRAWLS))
    assert other.text != CRAWLS
    assert differences(pattern(), other) == []


def test_a_quantity_in_another_unit_is_no_difference() -> None:
    rendezvous = load("dark_rendezvous")
    assert differences(rendezvous, pattern(rendezvous.text.replace('value = "30 min"', 'value = "1800 s"'))) == []


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        ('title = "Crawls"', 'title = "Creeps"', "title: Crawls -> Creeps"),
        ("version = 1", "version = 2", "version: 1 -> 2"),
        ('urgency = "caution"\n', "", "urgency: caution -> none"),
        ('value = "3 kn"', 'value = "2 kn"', "parameter low: value: 3 kn -> 2 kn"),
        ('["waiting"]', '["waiting", "at work"]', "innocent: added at work"),
        ('["waiting"]', '["at work"]', "innocent: added at work"),
        ('["camera"]', '["camera", "a patrol vessel by day"]', 'look: sensor: added "a patrol vessel by day"'),
        ("[look]", TABLE + "\n[look]", "parameter wide: added, 500 m"),
        ('"from anywhere"', '"from the air"', 'look: place: from anywhere -> "from the air"'),
    ],
)
def test_a_difference_is_told_in_words(old: str, new: str, change: str) -> None:
    assert told((old, new))[0] == change


def test_an_order_that_means_something_is_a_difference() -> None:
    one = edited(('["waiting"]', '["waiting", "at work"]'))
    other = edited(('["waiting"]', '["at work", "waiting"]'))
    assert list(map(str, differences(one, other))) == ["innocent: order changed, now at work, waiting"]
    refs = [edited(('["nobody"]', text)) for text in ('["Miller", "Park"]', '["Park", "Miller"]')]
    assert differences(*refs) == []


def test_a_definition_is_compared_line_by_line() -> None:
    [change] = differences(pattern(), edited(("at least 10 min", "at least 20 min")))
    assert (change.where, change.told) == ("definition", "changed")
    assert "-crawls(v) = waits(v) lasting at least 10 min" in change.lines
    assert "+crawls(v) = waits(v) lasting at least 20 min" in change.lines


def test_a_parameter_that_is_gone_is_told_once() -> None:
    assert list(map(str, differences(edited(("[look]", TABLE + "\n[look]")), pattern()))) == ["parameter wide: removed"]


def test_bundles_are_compared_pattern_by_pattern(coast: Coast) -> None:
    signer = coast.signer("naha")
    a = parse(bundle(signer, pattern(), note="spring"), "a")
    contents = [Content(version(2, "Goes slowly", "Creeps"), b"cases", {"fired": 7}), Content(load("dark_rendezvous"))]
    gone = withdrawn("creeps", "takes ferries", signer, NOW, versions=[1])
    b = parse(make("nansei", 2, contents, coast.signer("kume"), NOW, note="autumn", revokes=[gone]), "b")
    found = list(map(str, bundle_differences(a, b)))
    assert found[:2] == ["version: 1 -> 2", "note: spring -> autumn"]
    assert found[2].startswith("signer: naha (")
    assert found[3:] == [
        "crawls: version: 1 -> 2", 'crawls: description: "Goes slowly for a while." -> "Creeps for a while."',
        "crawls: proof cases added", "crawls: record added", "dark_rendezvous: added (version 1)",
        "creeps: version 1 withdrawn by naha: takes ferries",
    ]  # fmt: skip
    assert "dark_rendezvous: removed (version 1)" in map(str, bundle_differences(b, a))
    assert bundle_differences(a, a) == []


# merging


def merged(ours: Pattern, theirs: Pattern, base: Pattern | None = None, **take: str) -> Pattern:
    found = merge(base or pattern(), ours, theirs, {where.replace("_", " "): side for where, side in take.items()})
    assert found.conflicts == ()
    assert found.pattern is not None
    return found.pattern


def test_changes_of_both_are_in_it() -> None:
    ours = edited(('title = "Crawls"', 'title = "Creeps"  # better'), ("version = 1", "version = 2"))
    theirs = edited(('value = "3 kn"', 'value = "2 kn"  # tried'), ("version = 1", "version = 2"))
    found = merged(ours, theirs)
    assert (found.file.title, found.file.parameter[0].value, found.file.version) == ("Creeps", "2 kn", 3)
    assert 'title = "Creeps"  # better' in found.text
    assert 'value = "2 kn"  # tried' in found.text


def test_what_one_has_changed_is_that_ones_pattern() -> None:
    ours = edited(("version = 1", "version = 4"), ('"from anywhere"', '"from afar"'))
    assert merged(ours, pattern()).text == ours.text
    assert merged(pattern(), ours).file == ours.file
    assert merged(ours, ours).text == ours.text


def test_references_of_both_are_in_it() -> None:
    ours, theirs = edited(('["nobody"]', '["nobody", "Miller"]')), edited(('["nobody"]', '["Park"]'))
    assert merged(ours, theirs).file.references == ("Miller", "Park")


@pytest.mark.parametrize(
    ("mine", "others", "conflict"),
    [
        (('value = "3 kn"', 'value = "2 kn"'), ('value = "3 kn"', 'value = "3.5 kn"'),
         "parameter low: value: was 3 kn, ours is 2 kn, theirs is 3.5 kn"),
        (('title = "Crawls"', 'title = "Creeps"'), ('title = "Crawls"', 'title = "Slow"'),
         "title: was Crawls, ours is Creeps, theirs is Slow"),
        (("10 min", "20 min"), ("10 min", "30 min"), "definition: was "),
        (('["waiting"]', '["lost", "waiting"]'), ('["waiting"]', '["at work", "waiting"]'),
         "innocent: was waiting, ours is lost; waiting, theirs is at work; waiting"),
    ],
)  # fmt: skip
def test_what_both_changed_is_a_conflict(mine: tuple[str, str], others: tuple[str, str], conflict: str) -> None:
    found = merge(pattern(), edited(mine), edited(others))
    assert found.pattern is None
    [told] = map(str, found.conflicts)
    assert told.startswith(conflict)


def test_every_conflict_is_named() -> None:
    ours = edited(('title = "Crawls"', 'title = "Creeps"'), ('value = "3 kn"', 'value = "2 kn"'))
    theirs = edited(('title = "Crawls"', 'title = "Slow"'), ('value = "3 kn"', 'value = "3.5 kn"'))
    assert [one.where for one in merge(pattern(), ours, theirs).conflicts] == ["title", "parameter low: value"]


def test_people_choose_between_the_two() -> None:
    ours = edited(('title = "Crawls"', 'title = "Creeps"'), ('value = "3 kn"', 'value = "2 kn"'))
    theirs = edited(('title = "Crawls"', 'title = "Slow"'), ('value = "3 kn"', 'value = "3.5 kn"'))
    found = merge(pattern(), ours, theirs, {"title": "theirs", "parameter low: value": "ours"}).pattern
    assert found is not None
    assert (found.file.title, found.file.parameter[0].value) == ("Slow", "2 kn")


def test_a_choice_of_what_is_not_there_is_told() -> None:
    with pytest.raises(BadInput, match="expected where to choose, such as format, found titel"):
        merge(pattern(), pattern(), pattern(), {"titel": "ours"})


def test_a_parameter_that_one_adds_comes_with_its_comments() -> None:
    theirs = edited(("[look]", "\n# how far\n" + TABLE.strip() + "\n\n[look]"))
    found = merged(edited(('title = "Crawls"', 'title = "Creeps"')), theirs)
    assert [one.name for one in found.file.parameter] == ["low", "high", "wide"]
    assert "# how far\n[[parameter]]\n" in found.text


def test_a_parameter_that_one_removes_is_gone() -> None:
    base = edited(("[look]", "# how far\n" + TABLE.strip() + "\n\n[look]"))
    ours = edited(('title = "Crawls"', 'title = "Creeps"'), text=base.text)
    found = merged(ours, pattern(), base)
    assert [one.name for one in found.file.parameter] == ["low", "high"]
    assert "how far" not in found.text


def test_a_parameter_that_one_removes_and_the_other_changes_is_one_conflict() -> None:
    base = edited(("[look]", TABLE + "\n[look]"))
    ours = edited(('"500 m"', '"700 m"'), ('most = "1 km"', 'most = "2 km"'), text=base.text)
    [conflict] = merge(base, ours, pattern()).conflicts
    assert str(conflict) == "parameter wide: was 500 m, ours is 700 m, theirs is gone"
    for side, count in (("ours", 3), ("theirs", 2)):
        found = merge(base, ours, pattern(), {"parameter wide": side}).pattern  # type: ignore[dict-item]
        assert found is not None
        assert len(found.file.parameter) == count


def test_two_changes_that_do_not_go_together_are_told() -> None:
    base = edited(
        ("[look]", TABLE.replace("500 m", "4 kn").replace("100 m", "3 kn").replace("1 km", "5 kn") + "\n[look]")
    )
    ours = edited(("speed(v) < high", "speed(v) < wide"), text=base.text)
    with pytest.raises(BadInput, match=r"both together are no pattern: definition: .*unknown name 'wide'"):
        merge(base, ours, pattern())


def test_three_patterns_of_two_names_are_refused() -> None:
    with pytest.raises(BadInput, match="expected three versions of one pattern, found crawls, crawls and dark"):
        merge(pattern(), pattern(), load("dark_rendezvous"))


def test_forms_that_cannot_be_exchanged_are_written_anew() -> None:
    inline = 'look = { sensor = ["camera"], place = "from anywhere", checklist = ["who it is"] }\n'
    head, _, tables = CRAWLS.partition("\n[[parameter]]")
    ours = pattern(f"{head}{inline}\n[[parameter]]{tables[: tables.index('[look]')]}")
    theirs = edited(('"from anywhere"', '"from the air"'))
    found = merged(ours, theirs)
    assert found.file.look.place == "from the air"


@pytest.mark.parametrize("one", [pattern(), *starting()], ids=lambda one: one.name)
def test_a_pattern_written_anew_reads_back_equal(one: Pattern) -> None:
    again, mistakes = examined(written_out(one.file), "again.toml")
    assert mistakes == []
    assert again is not None
    assert (again.file, again.made) == (one.file, one.made)


@pytest.mark.parametrize("one", [pattern(), *starting()], ids=lambda one: one.name)
def test_every_value_of_a_file_has_its_lines(one: Pattern) -> None:
    told = {place for place, value in leaves(one.file).items() if value != ""}  # urgency may be left out
    assert told <= set(parts_of(one.text))


WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=3, max_size=40).filter(lambda x: len(x.strip()) >= 3)


@settings(max_examples=40)
@given(description=WORDS, innocent=st.lists(WORDS, min_size=1, max_size=3), title=WORDS)
def test_any_text_written_anew_reads_back_equal(description: str, innocent: list[str], title: str) -> None:
    told = pattern().file.model_dump() | {"description": description, "innocent": innocent, "title": title}
    file = PatternFile.model_validate(told)
    again, mistakes = examined(written_out(file), "again.toml")
    assert mistakes == []
    assert again is not None
    assert again.file == file


EDITS = [
    ('title = "Crawls"', 'title = "Creeps"'), ('value = "3 kn"', 'value = "2 kn"'), ("10 min", "20 min"),
    ('value = "4 kn"', 'value = "5 kn"'), ('["camera"]', '["camera", "drone"]'), ('urgency = "caution"\n', ""),
    ('"from anywhere"', '"from afar"'), ('["nobody"]', '["nobody", "Miller"]'), ("[look]", TABLE + "\n[look]"),
    ('most = "10 kn"', 'most = "12 kn"'), ('["waiting"]', '["waiting", "at work"]'), ("version = 1", "version = 2"),
]  # fmt: skip


@settings(max_examples=25)
@given(st.lists(st.sampled_from(["", "ours", "theirs", "both"]), min_size=len(EDITS), max_size=len(EDITS)))
def test_changes_in_different_places_always_merge_to_all_of_them(whose: list[str]) -> None:
    def with_those(*names: str) -> Pattern:
        return edited(*(edit for edit, who in zip(EDITS, whose, strict=True) if who in names))

    found = merged(with_those("ours", "both"), with_those("theirs", "both"))
    expected = leaves(with_those("ours", "theirs", "both").file)
    assert {p: v for p, v in leaves(found.file).items() if p != ("version",)} == {
        p: v for p, v in expected.items() if p != ("version",)
    }
