"""A verified bundle -> its patterns on trial at this node: each proved again, tried over the archive, kept at once.

What fails is not taken, and says why; what is good of a bundle is taken nevertheless. Nothing of a bundle is in force
before a person makes it active; what was active already, to the letter, stays so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mihari.alerts.actions import By, Conflict
from mihari.alerts.records import Records
from mihari.core.errors import BadInput
from mihari.library import handing_on, shelf
from mihari.library.exchange import Bundle, Counting, Held, Refused, Trust, Withdrawal, verify
from mihari.library.limited import Limits, proved
from mihari.library.pattern import Pattern
from mihari.library.record import told_elsewhere
from mihari.library.shelf import Shelved

Trial = Callable[[Sequence[Pattern]], Mapping[str, Mapping[str, Any]]]  # patterns -> by name what they would have told
Progress = Callable[[float, str], object]


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a bundle."""

    taken: tuple[Shelved, ...]
    refused: tuple[Refused, ...]
    withdrawn: tuple[Held, ...]
    signer: str


def held(connection: Any) -> list[Held]:
    """What the node has, as bundles are held against it: the newest version of each."""
    newest: dict[str, Held] = {}
    for one in shelf.versions(connection):
        if one.state != "withdrawn":
            newest.setdefault(one.name, Held(one.name, one.version, one.digest, one.maker))
    return list(newest.values())


def counting(connection: Any) -> list[Counting]:
    """The withdrawals that the node keeps."""
    kept = shelf.withdrawals(connection)
    return [Counting(Withdrawal.model_validate(one["told"]), bool(one["everywhere"])) for one in kept]


def take(
    records: Records, by: By, bundle: Bundle, trust: Trust, trial: Trial | None = None, older: bool = False,
    limits: Limits | None = None, advance: Progress = lambda share, what: None,
) -> Imported:  # fmt: skip
    """Import a bundle. BadInput where it is refused as a whole; nothing is half done if this is killed."""
    with records.read() as connection:
        known, gone = held(connection), counting(connection)
        here = {(one.name, one.version): one for one in shelf.versions(connection)}
    verdict = verify(bundle, trust, records.clock(), known, gone, older)
    refused, good = list(verdict.refused), list[Shelved]()
    for k, accepted in enumerate(verdict.accepted):
        name = accepted.pattern.name
        advance(0.5 * k / len(verdict.accepted), f"proving {name}")
        try:
            _refuse_hidden(here.get((name, accepted.pattern.file.version)), accepted.pattern)
            good.append(_on_trial(bundle, accepted.pattern, accepted.maker, verdict.signer, by, records, limits))
        except BadInput as problem:
            refused.append(Refused(name, accepted.pattern.file.version, str(problem)))
    if trial is not None and good:
        advance(0.5, "looking what they would have told")
        told = trial([s.pattern for s in good])
        good = [replace(s, trial=told.get(s.pattern.name, {})) for s in good]
    hits = [[(one.name, one.version) for one in verdict.withdrawn if told.hits(one)] for told in verdict.withdrawals]
    bodies = [
        {"body": {"told": told.told.model_dump(mode="json"), "everywhere": told.everywhere}, "hits": which}
        for told, which in zip(verdict.withdrawals, hits, strict=True)
    ]
    good = shelf.take_over(records, by, good, bodies)
    return Imported(tuple(good), tuple(refused), verdict.withdrawn, bundle.signer.name)


def _refuse_hidden(held: shelf.Version | None, pattern: Pattern) -> None:
    """BadInput where its version was withdrawn here, or is active with another text."""
    if held is not None and held.state == "withdrawn":
        raise BadInput("was withdrawn here: expected another version")
    if held is not None and held.state == "active" and held.digest != pattern.digest:
        raise BadInput("another text of this version is active here: expected it to be put on trial or withdrawn first")


def _on_trial(
    bundle: Bundle, pattern: Pattern, maker: str, signer: Any, by: By, records: Records, limits: Limits | None
) -> Shelved:
    """A pattern whose proof holds here; BadInput where it does not."""
    name, record = pattern.name, told_elsewhere(bundle.record(pattern.name))
    proof = proved(name, pattern.text, bundle.cases(name), limits)
    if not proof["holds"]:
        raise BadInput(f"its proof does not hold here: {proof['problem']}")
    why = f"brought by {bundle.signer.name}, proved in {proof['seconds']:g} s"
    return Shelved(
        pattern, "trial", maker, bundle.signer.name, by.who, records.clock(), why, bundle.cases(name), proof, {},
        record, handing_on.kept(bundle, name),
    )  # fmt: skip


def add(
    records: Records, by: By, pattern: Pattern, cases: bytes, trial: Trial | None = None, state: str = "trial",
    limits: Limits | None = None,
) -> Shelved:  # fmt: skip
    """A pattern that was made here, or that comes with the program: proved, tried, and kept.

    Conflict where another text of this version is held, or a later one. What is active already stays active.
    """
    with records.read() as connection:
        state = _state(pattern, state, shelf.versions(connection, pattern.name))
    proof = proved(pattern.name, pattern.text, cases, limits)
    if state == "active" and not proof["holds"]:
        raise BadInput(f"{pattern.name}: its proof does not hold: {proof['problem']}")
    told = trial([pattern]).get(pattern.name, {}) if trial else {}
    made = Shelved(pattern, state, "", "", by.who, records.clock(), "added here", cases, proof, told)
    return shelf.take_over(records, by, [made])[0]


def _state(pattern: Pattern, state: str, held: Sequence[shelf.Version]) -> str:
    """The state in which it is held from now on, with these versions of it (the newest first) held until now."""
    version = pattern.file.version
    same = next((one for one in held if (one.version, one.digest) == (version, pattern.digest)), None)
    if same is None and held and version <= held[0].version:
        newest = f"the node holds {pattern.name} version {held[0].version}"
        raise Conflict(f"{newest}: expected version = {held[0].version + 1}, found {version}")
    if same is not None and same.state == "withdrawn":
        raise Conflict(f"{pattern.name} version {version} was withdrawn: expected another version")
    return "active" if same is not None and same.state == "active" else state
