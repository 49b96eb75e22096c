"""Cases on the API: the list, one case, what people say of it, its evidence, dossiers, and its report."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path as Folder
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, HTTPException, Path, Query, Request
from starlette.responses import Response

from mihari.alerts import ask
from mihari.alerts.actions import By
from mihari.alerts.records import Records
from mihari.alerts.text import NAME_MAX
from mihari.cases import decide, files, gather, shelf
from mihari.cases.dossier import Vessel, dossier
from mihari.cases.dossiers import dossiers
from mihari.cases.gather import Added, Names
from mihari.cases.held import SHOWN
from mihari.cases.values import LINE, OUTCOMES
from mihari.face import answers, models
from mihari.face import case_models as shapes
from mihari.face.alert_door import NEWEST, Door, answer
from mihari.face.alerts import DEEP_MAX
from mihari.face.state import FaceState

Number = Annotated[int, Path(ge=1, lt=1 << 62, description="of the case at this node", examples=[3])]
Sha256 = Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="of the bytes")]
Work = Callable[[Records, By], Added]
PROBLEMS: dict[int | str, dict[str, Any]] = {
    404: {"model": models.Problem, "description": "no such case, alert, vessel or file, or the node keeps none"},
    409: {"model": models.Problem, "description": "it cannot be done now, or a file is not what was kept"},
    413: {"description": "a file is too large"},
    503: {"model": models.Problem, "description": "the records do not answer"},
}
BYTES: dict[int | str, dict[str, Any]] = {200: {"content": {"application/octet-stream": {}}}}
PAGE: dict[int | str, dict[str, Any]] = {200: {"content": {"text/html": {}}, "description": "to be kept as a file"}}


class CaseDoor(Door):
    """The records behind the API of cases."""

    @property
    def archive(self) -> Folder | None:
        """Where tracks and claims are kept; None for nowhere."""
        folder = str(self.state.node.get("archive") or "")
        return Folder(folder) if folder else None

    def names(self) -> Names:
        """The names of vessels as they tell them now."""
        claims = (c for told in self.state.identities.values() for c in told["claims"])
        return {int(c["mmsi"]): str(c["name"]) for c in claims if c.get("mmsi") and c.get("name")}

    async def say(self, told: shapes.Said, work: Work, status: int = 200) -> Response:
        """Carry out what somebody says; the case as it is then, what could not be had, whose words changed."""
        records, now = self.watch.records, self.now

        def said() -> dict[str, Any]:
            by = By(told.who, now)
            kept, left_out = work(records, by)
            with records.read() as connection:
                found = shelf.told(connection, kept.number)
                changed = shelf.changed_since(connection, kept, told.seen, by.who) if told.seen else []
            return found | {"left_out": left_out, "changed_meanwhile": changed}

        return answer(await self.told(said), status)

    def vessel(self, id: int) -> Callable[[sa.Connection], Vessel]:
        """A vessel of the picture: by the MMSI that it claims, else by its number in this run; 404."""
        slot = self.state.slots_of([id])[0] if 0 < id < 1 << 32 else -1
        if slot < 0:
            raise HTTPException(404, f"no vessel {id}")
        mmsi = int(answers.summary(self.state, int(slot))["mmsi"] or 0)
        return lambda connection: Vessel(mmsi) if mmsi else Vessel(0, id, float(ask.head_of(connection)["run"]))


def add_cases(api: APIRouter, state: FaceState, records: Records | None) -> None:
    """`/cases` and `/vessels/{id}/dossier`."""
    door = CaseDoor(records, state)
    _add_questions(api, door)
    _add_words(api, door)
    _add_evidence(api, door)
    _add_dossiers(api, door)
    _add_report(api, door)


def _add_questions(api: APIRouter, door: CaseDoor) -> None:
    @api.get("/cases", response_model=shapes.Cases, responses=PROBLEMS, summary="Cases, the last changed first")
    async def cases(
        status: Annotated[str, Query(pattern="^(open|closed|all)$", examples=["open"])] = "open",
        outcome: Annotated[str, Query(pattern=f"^(|{'|'.join(OUTCOMES)})$", description="'': any")] = "",
        mmsi: Annotated[int, Query(ge=0, le=999_999_999, description="0: any")] = 0,
        alert: Annotated[int, Query(ge=0, lt=1 << 62, description="of this node; 0: any")] = 0,
        pattern: Annotated[str, Query(max_length=80, description="'': any")] = "",
        offset: Annotated[int, Query(ge=0, le=DEEP_MAX, examples=[0])] = 0,
        limit: Annotated[int, Query(ge=1, le=shelf.LISTED_MAX, examples=[200])] = 200,
    ) -> Response:
        def question(connection: sa.Connection) -> dict[str, Any]:
            subject = f"mmsi:{mmsi}" if mmsi else f"alert:{shelf.author_there(connection)}:{alert}" if alert else ""
            wanted = "" if status == "all" else status
            found = shelf.listed(connection, wanted, outcome, subject, pattern, offset, limit)
            told = {"sequence": ask.head_of(connection)["sequence"], "cases": found}
            return told | {"counts": shelf.counts(connection), "outcomes": list(OUTCOMES)}

        return answer(await door.ask(question))

    @api.get("/cases/{number}", response_model=shapes.CaseDetail, responses=PROBLEMS, summary="One case")
    async def case(number: Number) -> Response:
        return answer(await door.ask(lambda connection: shelf.told(connection, number)))

    @api.post("/cases", status_code=201, response_model=shapes.CaseDetail, responses=PROBLEMS, summary="Open a case")
    async def opened(told: shapes.Open) -> Response:
        names, archive, reports = door.names(), door.archive, door.state.reports.all

        def work(records: Records, by: By) -> Added:
            return gather.open_from_alert(records, by, told.alert, told.title, archive, names, reports)

        return await door.say(told, work, 201)


def _add_words(api: APIRouter, door: CaseDoor) -> None:
    def post(name: str, summary: str) -> Callable[[Any], Any]:
        return api.post(
            f"/cases/{{number}}/{name}", response_model=shapes.CaseDetail, responses=PROBLEMS, summary=summary
        )

    @post("edit", "New words; earlier ones are kept")
    async def edit(number: Number, told: shapes.Words) -> Response:
        return await door.say(told, lambda records, by: (decide.edit(records, by, number, told.told()), []))

    @post("close", "Say what it was, what was done, what ended it")
    async def close(number: Number, told: shapes.Close) -> Response:
        words = {name: word for name, word in told.told().items() if name != "outcome"}
        return await door.say(told, lambda records, by: (decide.close(records, by, number, told.outcome, words), []))

    @post("reopen", "It is not over after all")
    async def reopen(number: Number, told: shapes.Said) -> Response:
        return await door.say(told, lambda records, by: (decide.reopen(records, by, number), []))

    @post("note", "A note")
    async def note(number: Number, told: shapes.NewNote) -> Response:
        item = {"text": told.text}
        return await door.say(told, lambda records, by: (decide.add(records, by, number, "note", item), []))

    @post("action", "Something that was done")
    async def action(number: Number, told: shapes.NewAction) -> Response:
        item = {"text": told.text, "by": told.by, "done_at": told.done_at}
        return await door.say(told, lambda records, by: (decide.add(records, by, number, "action", item), []))

    @post("withdraw", "An item does not count; it stays, marked")
    async def withdraw(number: Number, told: shapes.Withdraw) -> Response:
        return await door.say(
            told, lambda records, by: (decide.withdraw(records, by, number, told.item, told.why), [])
        )  # fmt: skip


def _add_evidence(api: APIRouter, door: CaseDoor) -> None:
    answers_case: dict[str, Any] = {"response_model": shapes.CaseDetail, "responses": PROBLEMS}

    @api.post("/cases/{number}/vessel", summary="A vessel of the picture, or an MMSI", **answers_case)
    async def vessel(number: Number, told: shapes.NewVessel) -> Response:
        if bool(told.vessel) == bool(told.mmsi):
            raise HTTPException(422, "expected vessel or mmsi: one of them")
        names, meant = door.names(), door.vessel(told.vessel) if told.vessel else lambda _: Vessel(told.mmsi)

        def work(records: Records, by: By) -> Added:
            with records.read() as connection:
                who = meant(connection)
            one = {"mmsi": who.mmsi, "vessel": who.vessel, "run": who.run or None}
            item = gather.vessel_item(one, names.get(who.mmsi, ""))
            return decide.add(records, by, number, "vessel", item), []

        return await door.say(told, work)

    @api.post("/cases/{number}/evidence", summary="An alert, a still or clip, or a person's report", **answers_case)
    async def evidence(number: Number, told: shapes.NewEvidence) -> Response:
        if sum(map(bool, (told.alert, told.attachment, told.report))) != 1:
            raise HTTPException(422, "expected alert, attachment or report: one of them")
        return await door.say(told, _evidence(door, number, told))

    @api.post("/cases/{number}/files", summary="A file, as the body; at most 32 MB", **answers_case)
    async def file(
        number: Number,
        request: Request,
        who: Annotated[str, Query(max_length=NAME_MAX, description="who adds it", examples=["Sato"])],
        name: Annotated[str, Query(max_length=LINE, description="of the file", examples=["log.pdf"])],
        what: Annotated[str, Query(max_length=LINE, description="'': its name")] = "",
    ) -> Response:
        data = await request.body()
        said = shapes.Said(who=who)
        return await door.say(said, lambda records, by: (decide.add_file(records, by, number, name, data, what), []))

    @api.get("/cases/{number}/files/{sha256}", responses=PROBLEMS | BYTES, response_class=Response, summary="Its bytes")
    async def one(number: Number, sha256: Sha256) -> Response:
        item = next((e for e in await door.ask(lambda c: _evidence_of(c, number)) if e["sha256"] == sha256), None)
        if item is None:
            raise HTTPException(404, f"case {number} has no such file")
        kept = door.watch.records
        return _as_file(await door.told(lambda: files.bytes_of(kept, sha256)), item["media"], sha256)


def _evidence(door: CaseDoor, number: int, told: shapes.NewEvidence) -> Work:
    """What adds the piece of evidence that is asked for."""
    names, archive = door.names(), door.archive
    if told.alert:
        return lambda records, by: gather.add_alert(records, by, number, told.alert, archive, names)
    if told.attachment:
        return lambda records, by: gather.add_picture(records, by, number, told.attachment)
    report = next((one for one in door.state.reports.all if one["id"] == told.report), None)
    if report is None:
        raise HTTPException(404, "no such report: the node keeps those of the last 12 h")
    return lambda records, by: gather.add_report(records, by, number, report)


def _evidence_of(connection: sa.Connection, number: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = shelf.told(connection, number)["lists"]["evidence"]
    return found


def _as_file(data: bytes, media: str, name: str) -> Response:
    """Bytes that no browser acts on: a picture that is one may be shown, all else is saved as a file."""
    shown = media in SHOWN and data.startswith(SHOWN[media])
    headers = NEWEST | {"x-sha256": name, "content-security-policy": "sandbox"}
    headers |= {} if shown else {"content-disposition": f'attachment; filename="{name[:16]}"'}
    return Response(data, headers=headers, media_type=media if shown else "application/octet-stream")


def _add_dossiers(api: APIRouter, door: CaseDoor) -> None:
    @api.get(
        "/vessels/{id}/dossier", response_model=shapes.Dossier, responses=PROBLEMS, summary="All that is known of it"
    )
    async def of_vessel(id: Annotated[int, Path(ge=0, lt=1 << 62, description="id in the picture")]) -> Response:
        meant = door.vessel(id)
        return answer(await door.ask(lambda c: dossier(c, meant(c), door.archive)))

    @api.get("/dossier", response_model=shapes.Dossier, responses=PROBLEMS, summary="All that is known of an MMSI")
    async def of_mmsi(mmsi: Annotated[int, Query(ge=1, le=999_999_999, examples=[431000001])]) -> Response:
        return answer(await door.ask(lambda c: dossier(c, Vessel(mmsi), door.archive)))

    @api.get(
        "/cases/{number}/dossiers", response_model=shapes.Dossiers, responses=PROBLEMS, summary="Of all its vessels"
    )
    async def of_case(number: Number) -> Response:
        records, archive = door.watch.records, door.archive

        def question(connection: sa.Connection) -> list[dict[str, Any]]:
            case = shelf.one(connection, number).case
            return dossiers(connection, records, case.held("vessel"), case.held("evidence"), archive)

        return answer({"dossiers": await door.ask(question)})


def _add_report(api: APIRouter, door: CaseDoor) -> None:
    @api.get("/cases/{number}/report", responses=PROBLEMS | PAGE, response_class=Response, summary="Its report, HTML")
    async def report(number: Number) -> Response:
        from mihari.cases.report import report as made

        records, node = door.watch.records, door.state.node
        area, station = str(node.get("area") or ""), str(node.get("name") or "")
        text = await door.told(lambda: made(records, number, area, door.archive, time.time(), station))
        headers = NEWEST | {"content-disposition": f'attachment; filename="case-{number}.html"'}
        return Response(text, headers=headers, media_type="text/html; charset=utf-8")
