"""The dossier of a vessel: what it claimed over time, its flag, alerts, behaviours, meetings, pictures, cases."""

from __future__ import annotations

import pytest
from alert_helpers import T
from case_helpers import BOAT, RUN, SHADY, TANKER, by, opened

from mihari.alerts.watch import Watch
from mihari.behaviours.numbers import RANGES
from mihari.cases import decide
from mihari.cases.dossier import Vessel, dossier
from mihari.cases.dossiers import KEPT, claims_in
from mihari.cases.held import held
from mihari.core.behaviour import picture_id
from mihari.core.errors import BadInput
from mihari.core.flags import FLAGS


def of(records, who, archive=None):
    with records.read() as connection:
        return dossier(connection, who, archive)


def test_a_change_of_name_is_told_with_its_time(records, archive):
    names = [c for c in of(records, Vessel(SHADY), archive)["claims"] if c["field"] == "name"]
    assert [c["value"] for c in names] == ["NIGHT <b>STAR</b>", "STAR 9"]
    assert names[0]["last"] < T + 4200 <= names[1]["first"]


def test_all_kinds_of_claims(records, archive):
    claims = {(c["field"], c["value"]) for c in of(records, Vessel(TANKER), archive)["claims"]}
    assert {("imo", 9074729), ("call_sign", "7JAB"), ("ship_type", 80), ("length and beam, m", "180 x 32")} <= claims
    assert {("draught, m", 8.0), ("draught, m", 12.0)} <= claims


def test_alerts_behaviours_meetings_and_pictures(records):
    told = of(records, Vessel(TANKER))
    assert (told["flag"], [a["number"] for a in told["alerts"]]) == ("Japan", [1])
    assert [b["kind"] for b in told["behaviours"]] == ["rendezvous", "gap"]
    assert [(m["mmsi"], m["kind"], m["lat_deg"]) for m in told["meetings"]] == [(SHADY, "rendezvous", 26.42)]
    assert [p["asset"] for p in told["pictures"]] == ["pier"]


def test_what_is_not_known_is_said(records, archive):
    assert of(records, Vessel(TANKER))["missing"] == ["claims over time: no archive is kept here"]
    assert of(records, Vessel(431999999), archive)["missing"] == ["claims over time: the archive holds none of it"]
    assert of(records, Vessel(0, picture_id(BOAT), RUN))["missing"] == ["claims: it tells no MMSI"]


def test_other_cases_of_the_vessel(records):
    opened(records)
    decide.close(records, by(), 1, "false", {})
    assert [(c["number"], c["outcome"]) for c in of(records, Vessel(SHADY))["cases"]] == [(1, "false")]


def test_a_number_of_the_picture_means_another_vessel_after_the_node_was_started_anew(records):
    opened(records, 2)
    number = picture_id(BOAT)
    assert [c["number"] for c in of(records, Vessel(0, number, RUN))["cases"]] == [1]
    Watch(records).begin(T + 9000.0)
    later = of(records, Vessel(0, number, T + 9000.0))
    assert (later["alerts"], later["behaviours"], later["cases"]) == ([], [], [])


def test_every_number_that_is_given_to_somebody_has_a_flag():
    assert set(FLAGS) == {mid for first, last in RANGES for mid in range(first, last + 1)}


def test_claims_that_the_archive_has_forgotten_are_those_that_were_kept(records, archive):
    opened(records, archive=archive)
    now, later = (held(records, 1, folder).dossiers[1][1] for folder in (archive, None))
    assert later["claims"] == now["claims"]
    assert (now["missing"], later["missing"]) == ([], ["claims over time: no archive is kept here", KEPT])


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b'{"claims":[{}]}', b'{"claims":[{"field":"name","value":{},"first":1,"last":2,"count":1}]}',
     b'{"claims":[{"field":"ship_type","value":"x","first":1,"last":2,"count":1}]}',
     b'{"claims":[{"field":"name","value":"x","first":1e300,"last":2,"count":1}]}'],
)  # fmt: skip
def test_bytes_that_are_no_dossier_are_refused(data):
    with pytest.raises(BadInput, match="expected a dossier"):
        claims_in(data)
