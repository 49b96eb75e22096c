"""A bundle against a trust list: who is believed, for whom they speak, what is withdrawn, what is older."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from exchange_coast import DAY, NOW, Coast, bundle, pattern, version

from mihari.core.errors import BadInput
from mihari.library.exchange import (
    Bundle,
    Content,
    Held,
    Trust,
    Verdict,
    add_authority,
    add_signer,
    make,
    parse,
    passed_on,
    revoke,
    verify,
    withdrawn,
)
from mihari.library.exchange.manifest import Entry
from mihari.library.exchange.provenance import check_chain, maker
from mihari.library.exchange.signing import fingerprint, read_authority

SINCE = date(2026, 7, 1)
YEAR = 365 * DAY


@pytest.fixture
def trust(coast: Coast) -> Path:
    """A list on which the coast's authority is."""
    coast.signer("naha")
    add_authority(coast.folder / "trust.toml", "our coast", "authority/ca.pem", SINCE)
    return coast.folder / "trust.toml"


def judged(data: bytes, trust: Path, now: float = NOW, **more) -> Verdict:  # type: ignore[no-untyped-def]
    return verify(parse(data, "it"), Trust.load(trust), now, **more)


def refused(data: bytes, trust: Path, now: float = NOW, **more) -> str:  # type: ignore[no-untyped-def]
    """The one sentence with which a bundle is not taken over whole."""
    with pytest.raises(BadInput) as error:
        judged(data, trust, now, **more).whole()
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_bundle_of_the_coast_is_taken_over(coast: Coast, trust: Path) -> None:
    verdict = judged(bundle(coast.signer("naha")), trust)
    verdict.whole()
    assert verdict.signer.by == "certified by our coast"
    assert [one.pattern for one in verdict.accepted] == [pattern()]
    assert verdict.accepted[0].maker == coast.signer("naha").author.id


def test_an_unknown_signer_is_refused(coast: Coast, trust: Path, tmp_path: Path) -> None:
    stranger = Coast(tmp_path / "elsewhere").signer("naha")
    assert refused(bundle(stranger), trust).startswith(f"it: naha ({stranger.author.id}) is not on the trust list")


def test_a_signer_is_known_by_its_key_alone(coast: Coast, trust: Path, tmp_path: Path) -> None:
    stranger = Coast(tmp_path / "elsewhere").signer("kume")
    add_signer(trust, "kume", SINCE, key=stranger.author.public_key)
    assert judged(bundle(stranger), trust).signer.by == "kume is on the list"


def test_a_signer_by_its_id_needs_the_certificate_of_the_authority(coast: Coast, tmp_path: Path) -> None:
    other, listed = Coast(tmp_path / "elsewhere").signer("kume"), tmp_path / "list.toml"
    mark = fingerprint(read_authority(Coast(tmp_path / "elsewhere").ca))
    add_signer(listed, "kume", SINCE, author=other.author.id, authority=mark)
    assert judged(bundle(other), listed).signer.by == "kume is on the list"
    assert "is not on the trust list" in refused(bundle(coast.signer("naha")), listed)
    listed.write_text(listed.read_text().replace(mark, "0" * 64))
    assert "its certificate is not by 0000" in refused(bundle(other), listed)


def test_an_authority_by_its_fingerprint_is_enough(coast: Coast, tmp_path: Path) -> None:
    signer, listed = coast.signer("naha"), tmp_path / "list.toml"
    mark = fingerprint(read_authority(coast.ca)).upper()
    add_authority(listed, "our coast", ":".join(mark[k : k + 2] for k in range(0, 64, 2)), SINCE)
    judged(bundle(signer), listed).whole()


def test_a_revoked_signer_is_refused_whoever_vouches_for_it(coast: Coast, trust: Path) -> None:
    signer = coast.signer("naha")
    add_signer(trust, "naha", SINCE, key=signer.author.public_key)
    revoke(trust, signer.author.id, date(2026, 8, 1), "the node was stolen")
    told = refused(bundle(signer), trust)
    assert told == f"it: the key of naha ({signer.author.id}) was revoked on 2026-08-01: the node was stolen"


@pytest.mark.parametrize(("now", "told"), [(NOW + 6 * YEAR, "expired on 2031"), (NOW - YEAR, "is not valid before 20")])
def test_a_certificate_out_of_date_is_refused(coast: Coast, trust: Path, now: float, told: str) -> None:
    assert told in refused(bundle(coast.signer("naha")), trust, now)


@pytest.mark.parametrize("at", [NOW + 3 * DAY, NOW - 200 * DAY])
def test_a_bundle_from_another_time_is_refused(coast: Coast, trust: Path, at: float) -> None:
    assert "expected no time to come, nor before its certificate" in refused(bundle(coast.signer("naha"), at=at), trust)


def test_who_may_speak_for_one_group_speaks_for_no_other(coast: Coast) -> None:
    signer, listed = coast.signer("naha"), coast.folder / "list.toml"
    add_authority(listed, "our coast", "authority/ca.pem", SINCE, ["coast", "navy"])
    judged(bundle(signer, groups=["coast"]), listed).whole()
    assert "naha may speak for coast, navy only, and it is for ports" in refused(
        bundle(signer, groups=["ports"]), listed
    )
    assert "and it is for everybody" in refused(bundle(signer), listed)


def test_an_older_version_is_refused_unless_asked_for(coast: Coast, trust: Path) -> None:
    data, held = bundle(coast.signer("naha"), version(2)), [Held("crawls", 3, version(3).digest, "")]
    assert refused(data, trust, held=held) == "crawls: version 2 is older than version 3, which is here already"
    judged(data, trust, held=held, older=True).whole()


def test_the_same_version_with_another_content_is_refused(coast: Coast, trust: Path) -> None:
    data, other = bundle(coast.signer("naha"), version(2)), version(2, "Goes slowly", "Crawls")
    assert "version 2 is here already, with another content" in refused(
        data, trust, held=[Held("crawls", 2, other.digest, "")]
    )
    judged(data, trust, held=[Held("crawls", 2, version(2).digest, "")]).whole()


def test_a_newer_version_is_taken_over(coast: Coast, trust: Path) -> None:
    judged(bundle(coast.signer("naha"), version(4)), trust, held=[Held("crawls", 3, "", "")]).whole()


def passed(coast: Coast, *nodes: str) -> Bundle:
    """A bundle of the first node, passed on by the others, a day later each."""
    data = bundle(coast.signer(nodes[0]))
    for day, node in enumerate(nodes[1:], 1):
        data = passed_on(parse(data, "it"), coast.signer(node), NOW + day * DAY)
    return parse(data, "it")


def test_a_bundle_that_was_passed_on_keeps_who_made_it(coast: Coast, trust: Path) -> None:
    found = passed(coast, "naha", "kume", "aka")
    verdict = verify(found, Trust.load(trust), NOW + 3 * DAY)
    verdict.whole()
    assert verdict.accepted[0].maker == coast.signer("naha").author.id
    links = found.manifest.patterns[0].provenance
    assert [(link.act, link.node) for link in links] == [("made", "naha"), ("passed on", "kume"), ("passed on", "aka")]


def test_the_maker_is_found_wherever_the_certificate_has_ended_since(coast: Coast, trust: Path) -> None:
    made = bundle(coast.signer("naha"))
    later = NOW + 6 * YEAR
    data = passed_on(parse(made, "it"), coast.signer("kume", later), later)
    judged(data, trust, later).whole()
    assert "expired on" in refused(made, trust, later)


def test_who_is_not_on_the_list_does_not_become_a_maker_by_being_passed_on(coast: Coast, tmp_path: Path) -> None:
    stranger, signer = Coast(tmp_path / "elsewhere").signer("kume"), coast.signer("naha")
    listed = coast.folder / "list.toml"
    add_authority(listed, "our coast", "authority/ca.pem", SINCE)
    data = passed_on(parse(bundle(stranger), "it"), signer, NOW)
    assert f"crawls: kume ({stranger.author.id}) is not on the trust list" in refused(data, listed)


def test_who_only_passed_on_may_be_unknown_but_is_named(coast: Coast, trust: Path, tmp_path: Path) -> None:
    between = passed_on(parse(bundle(coast.signer("naha")), "it"), Coast(tmp_path / "elsewhere").signer("far"), NOW)
    assert "is not on the trust list" in refused(between, trust)
    verdict = judged(passed_on(parse(between, "it"), coast.signer("kume"), NOW), trust)
    verdict.whole()
    assert verdict.accepted[0].unknown == ("far",)


def test_a_revoked_maker_or_carrier_is_refused(coast: Coast, trust: Path) -> None:
    found = passed(coast, "naha", "kume", "aka")
    revoke(trust, coast.signer("kume").author.id, SINCE, "its key was copied")
    [refusal] = verify(found, Trust.load(trust), NOW + 3 * DAY).refused
    assert "the key of kume" in refusal.why


def test_a_pattern_reaches_no_more_groups_than_its_maker_gave(coast: Coast, trust: Path) -> None:
    made = parse(bundle(coast.signer("naha"), groups=["coast", "navy"]), "it")
    narrower = passed_on(made, coast.signer("kume"), NOW, ["coast"])
    judged(narrower, trust).whole()
    with pytest.raises(BadInput, match="crawls: is for coast, navy only"):
        passed_on(made, coast.signer("kume"), NOW, ["ports"])
    assert parse(passed_on(made, coast.signer("kume"), NOW), "it").manifest.groups == ("coast", "navy")


def changed(entry: Entry, number: int, **told: object) -> Entry:
    """A pattern whose chain has another link."""
    links = list(entry.provenance)
    links[number] = links[number].model_copy(update=told)
    return entry.model_copy(update={"provenance": tuple(links)})


@pytest.mark.parametrize(
    "told", [{"node": "aka"}, {"at": "2027-01-01T00:00:00Z"}, {"groups": ("x",)}, {"act": "passed on"},
             {"cases": "0" * 64}, {"key": "0" * 64}, {"signature": "0" * 128}]
)  # fmt: skip
@pytest.mark.parametrize("number", [0, 1])
def test_a_changed_link_does_not_hold(coast: Coast, number: int, told: dict[str, object]) -> None:
    entry = passed(coast, "naha", "kume").manifest.patterns[0]
    check_chain(entry)
    if all(getattr(entry.provenance[number], key) == value for key, value in told.items()):
        told = {"act": "made"}
    with pytest.raises(BadInput, match="the signature does not hold"):
        check_chain(changed(entry, number, **told))


def test_a_link_that_is_left_out_or_put_elsewhere_is_found(coast: Coast) -> None:
    entry = passed(coast, "naha", "kume", "aka").manifest.patterns[0]
    first, second, third = entry.provenance
    for chain in ((second, third), (first, third), (first, third, second), (third,)):
        with pytest.raises(BadInput, match="the signature does not hold"):
            check_chain(entry.model_copy(update={"provenance": chain}))


@pytest.mark.parametrize("told", [{"digest": "0" * 64}, {"name": "creeps"}, {"version": 2}])
def test_a_chain_belongs_to_one_pattern(coast: Coast, told: dict[str, object]) -> None:
    entry = passed(coast, "naha", "kume").manifest.patterns[0]
    with pytest.raises(BadInput, match="the signature does not hold"):
        check_chain(entry.model_copy(update=told))


def held(coast: Coast, number: int = 1, by: str = "naha") -> Held:
    one = version(number)
    return Held("crawls", number, one.digest, coast.signer(by).author.id)


def withdrawing(coast: Coast, by: str, **more) -> bytes:  # type: ignore[no-untyped-def]
    """A bundle with a withdrawal only."""
    signer = coast.signer(by)
    return make("gone", 1, [], signer, NOW, revokes=[withdrawn("crawls", "takes ferries", signer, NOW, **more)])


def test_who_made_a_pattern_may_withdraw_it(coast: Coast, trust: Path) -> None:
    one, other = held(coast), held(coast, 2)
    assert judged(withdrawing(coast, "naha"), trust, held=[one]).withdrawn == (one,)
    assert judged(withdrawing(coast, "naha", versions=[1]), trust, held=[other]).withdrawn == ()
    assert judged(withdrawing(coast, "naha", digest=other.digest), trust, held=[other]).withdrawn == (other,)
    assert judged(withdrawing(coast, "naha", digest=other.digest), trust, held=[one]).withdrawn == ()


def test_another_may_not_unless_the_list_says_so(coast: Coast, trust: Path) -> None:
    one = held(coast)
    assert judged(withdrawing(coast, "kume"), trust, held=[one]).withdrawn == ()
    add_signer(trust, "kume", SINCE, key=coast.signer("kume").author.public_key, may_revoke=True)
    assert judged(withdrawing(coast, "kume"), trust, held=[one]).withdrawn == (one,)


def test_a_withdrawal_counts_after_it_was_passed_on(coast: Coast, trust: Path) -> None:
    data = passed_on(parse(withdrawing(coast, "naha"), "it"), coast.signer("kume"), NOW)
    verdict = judged(data, trust, held=[held(coast)])
    assert verdict.withdrawn == (held(coast),)
    assert verdict.withdrawals[0].told.node == "naha"


def test_a_withdrawn_pattern_is_refused_when_it_comes_again(coast: Coast, trust: Path) -> None:
    kept = judged(withdrawing(coast, "naha", versions=[1]), trust).withdrawals
    told = refused(bundle(coast.signer("naha")), trust, withdrawals=kept)
    assert told == "crawls: version 1 was withdrawn by naha on 2027-01-15: takes ferries"
    judged(bundle(coast.signer("naha"), version(2)), trust, withdrawals=kept).whole()
    revoke(trust, coast.signer("naha").author.id, SINCE, "stolen")
    others = bundle(coast.signer("kume"))
    judged(others, trust, withdrawals=kept).whole()


def test_a_withdrawal_by_nobody_that_is_believed_does_not_count(coast: Coast, trust: Path, tmp_path: Path) -> None:
    stranger = Coast(tmp_path / "elsewhere").signer("naha")
    told = withdrawn("crawls", "no reason at all", stranger, NOW)
    data = make(
        "gone", 1, [], coast.signer("kume"), NOW, revokes=[told], certificates={stranger.author.id: stranger.author}
    )
    verdict = judged(data, trust, held=[held(coast)])
    assert verdict.withdrawn == ()
    assert "its withdrawal does not count: naha" in verdict.refused[0].why


def test_a_withdrawal_that_was_changed_does_not_count(coast: Coast, trust: Path) -> None:
    signer = coast.signer("naha")
    told = withdrawn("crawls", "takes ferries", signer, NOW, versions=[7]).model_copy(update={"versions": ()})
    verdict = judged(make("gone", 1, [], signer, NOW, revokes=[told]), trust, held=[held(coast)])
    assert verdict.withdrawn == ()
    assert "the signature of naha on its withdrawal does not hold" in verdict.refused[0].why


def test_one_that_is_no_pattern_is_refused_and_the_others_are_not(coast: Coast, trust: Path) -> None:
    good = pattern()
    broken = version(2, "speed(v) <", "speed(v) <").__class__(good.file, good.made, "format = 1\n")
    named = broken.__class__(good.file.model_copy(update={"name": "broken"}), good.made, "format = 1\n")
    data = make("it", 1, [Content(good), Content(named)], coast.signer("naha"), NOW)
    verdict = judged(data, trust)
    assert [one.pattern.name for one in verdict.accepted] == ["crawls"]
    assert "broken.toml" in verdict.refused[0].why


def test_a_file_that_tells_of_another_pattern_is_refused(coast: Coast, trust: Path) -> None:
    good = pattern()
    lying = good.__class__(good.file.model_copy(update={"version": 9}), good.made, good.text)
    told = refused(make("it", 1, [Content(lying)], coast.signer("naha"), NOW), trust)
    assert told == "crawls: its file tells of crawls 1, not of version 9"


def test_the_maker_is_told_by_the_first_link(coast: Coast) -> None:
    assert maker(passed(coast, "naha", "kume").manifest.patterns[0]) == coast.signer("naha").author.id
