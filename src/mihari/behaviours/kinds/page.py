"""The definitions -> the tables of docs/behaviours.md: what holds when, by which figures, from where. Run to remake."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mihari.behaviours.aids import FAR_M, FIRST
from mihari.behaviours.jamming import APART_M, FEWEST, TOGETHER_S
from mihari.behaviours.kinds import built_in, parameters_of, told, used_by
from mihari.behaviours.language import Definition, Definitions, written
from mihari.behaviours.measures import DISTANCE, MEASURES
from mihari.behaviours.memory import Pace
from mihari.behaviours.memory.rings import BREAK_S, LEAST, NARROW_M, ROUND, SLOWEST_MPS, TURNS, WIDE_M
from mihari.behaviours.names import DRAUGHT_M
from mihari.behaviours.pair_measures import PAIR_MEASURES
from mihari.behaviours.pairs.converging import CPA_M, LARGE_M, TCPA_S, UNDER_WAY_MPS
from mihari.behaviours.reception import DOWN_S, SHARE, WITNESS_M, WITNESS_S
from mihari.behaviours.rolls import MATES_S
from mihari.behaviours.scene import NEAR
from mihari.behaviours.shadows import ALIKE_RAD, KEPT, MOVED, TURN_LOOKS, TURNED_RAD
from mihari.behaviours.shadows import EVERY_S as SHADOW_S
from mihari.behaviours.shadows import FAR_M as FAR_BY_M
from mihari.behaviours.shadows import NEAR_M as NEAR_BY_M
from mihari.behaviours.shadows import SLOWEST_MPS as FOLLOWS_MPS
from mihari.behaviours.silences import BEFORE_S as HEARD_S
from mihari.behaviours.silences import FAR_OUT_M, HEARD_BEFORE, LONG_S, TIMES_PACE
from mihari.behaviours.succession import BEFORE_S, COURSE_DEG, NEAR_M, SPEED_MPS
from mihari.core.units import KNOT

PAGE = Path(__file__).parents[4] / "docs" / "behaviours.md"
BEGIN, END = "<!-- made by python -m mihari.behaviours.kinds.page -->", "<!-- end of what is made -->"


def table(definitions: Definitions) -> str:
    """All definitions that people are told of, one row each."""
    rows = [
        "| kind | told as | holds while | our parameters | source | what else it could be |",
        "|---|---|---|---|---|---|",
    ]
    for d in sorted(told(definitions), key=lambda d: d.name):
        figures = "<br>".join(f"`{p.name}` {p.quantity}: {p.source}" for p in parameters_of(d, definitions))
        body = f"`{_in_one_line(d)}`" + "".join(
            f"<br>`{part.name}`: `{_in_one_line(part)}`" for part in used_by(d, definitions)[1:]
        )
        alert = f"**{d.urgency}**" if d.urgency else "no alert"
        cells = [f"`{d.name}`", f"{d.title}; {alert}", body, figures, d.source, "; ".join(d.innocent) or "nothing"]
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)


def _in_one_line(d: Definition) -> str:
    return " ".join(written(d.body).split())


def findings(pace: Pace) -> str:
    """What definitions are made of, with the figures of `pace`; one row each."""
    rows = [f"| {name} | {told} |" for name, told in _figures(pace).items()]
    return "\n".join(["| finding | holds while |", "|---|---|", *rows])


def _figures(pace: Pace) -> dict[str, str]:
    near = ", ".join(f"`{name}(a, b)`" for name in NEAR)
    return {
        "`present(v)`": f"heard at least every {_minutes(pace.step_s)}",
        "`stopped(v)`": f"speed below {_knots(pace.stopped_mps)}",
        "`slow(v)`": f"speed below {_knots(pace.slow_mps)}, heard again within {_minutes(pace.unknown_s)}",
        "`trawling_speed(v)`": f"{_knots(pace.trawl_low_mps)} to {_knots(pace.trawl_high_mps)}, both included",
        "`drifting_speed(v)`": f"{_knots(pace.drift_low_mps)} to {_knots(pace.drift_high_mps)}, both included",
        "`fast(v)`": f"{_knots(pace.fast_mps)} or more",
        "`crosswise(v)`": "heading and course more than 45° apart",
        "`turning(v)`": "course changes by more than 0.5° a second, at more than 2 kn",
        "`says_…(v)`": "the navigation status that it tells: `says_anchored` 1, `says_not_under_command` 2, "
        "`says_restricted` 3, `says_moored` 5, `says_fishing` 7, `says_distress` 14",
        "`on_land(v)`": "more than 1 km inland",
        "`off_shore_1nm(v)` `…_3nm` `…_20nm` `…_50nm` `…_10km`": "more than so far from the shore, "
        "which is measured to 20 m; where no coastline is known, nowhere",
        "`shoreward(v)`": f"of the way that it sails, at least {pace.shoreward:.0%} brings the shore nearer",
        "`held(v)`": "radar holds it, and no AIS speaks for it",
        "`two_places(v)`": f"two voices of one MMSI are heard in turns, more than {pace.apart_m:,.0f} m apart, "
        f"each with {pace.confirm_rows} samples or more, from the first of them on, none silent for more than "
        f"{_minutes(pace.voice_s)}",
        "`displaced(v)`": f"since a jump that would take more than {_knots(pace.reach_mps)} and {pace.slack_m:.0f} m, "
        f"within {_minutes(pace.step_s)}, if {pace.confirm_rows + 1} samples or more were there",
        "`unseen_in_cover(v)`": "it tells to be where radar would see a ship, and radar sees nobody within a mile",
        "`took_over(v)`": f"first heard within {NEAR_M:.0f} m of where a vessel would be that was heard last at most "
        f"{_minutes(BEFORE_S)} before, is silent since and under way, its speed within {_knots(SPEED_MPS)}, its course "
        f"within {COURSE_DEG:.0f}°",
        "`silent(v)`": f"not heard for {_minutes(pace.silent_s)} or more, by any station",
        "`silent_beyond_pace(v)`": f"the same, for {TIMES_PACE} of its own intervals or more",
        "`silent_in_cover(v)`": f"the same, and in the first {_minutes(WITNESS_S)} others were heard within "
        f"{WITNESS_M / 1000:.0f} km of its last place, at {SHARE:.0%} of the moments or more; and as near to "
        "where it would be after that time, unless a station is sure to hear it there; not where reception is known "
        "to end",
        "`lost_under_way(v)`": f"a silence before which it made {_knots(pace.slow_mps)} or more",
        "`lost_far_out(v)`": f"a silence of {LONG_S // 3600} h or more that began more than "
        f"{FAR_OUT_M / 1852:.0f} NM from the shore; where no coastline is known, nowhere",
        "`lost_well_heard(v)`": f"the same, before which it had {HEARD_BEFORE} samples or more within "
        f"{HEARD_S // 3600} h, its samples spread evenly over each time without a break of an hour",
        "`receiver_down(v)`": f"a station that heard it in its last hour brings nothing for {_minutes(DOWN_S)} or "
        "more, and the rest of the silence; where stations are sure to hear it, while none of them brings anything",
        "`receiver_down_at_first(v)`": f"the same, if it begins in the first {_minutes(WITNESS_S)} of the silence; "
        "all of the silence, where no station is sure to hear it",
        "`ais_cover(v)` `radar_cover(v)`": "where a class B device is heard nine times in ten; where a ship of 40 m "
        "stands well above the radar horizon and no land is between",
        "`jammed(v)`": "since an impossible jump, as `displaced`, but not in `two_places`, "
        f"if {FEWEST} vessels or more "
        f"did so together: linked are those that began within {_minutes(TOGETHER_S)} of each other from places within "
        f"{APART_M / 1000:.0f} km",
        "`watched(v)` `too_fast(v)`": "of the zone whose rule is looked at: inside it; inside and faster than its "
        "`speed_kn`, to 1 cm/s, of the last six hours",
        "`circling(v)`": f"each five minutes, for the hour before: its places run round a circle {TURNS:.0f} times or "
        f"more, with a radius of {NARROW_M:.0f} m to {WIDE_M / 1000:.0f} km kept to {ROUND:.0%}, at "
        f"{_knots(SLOWEST_MPS)} or more, and the course or the heading that it tells does not turn with them; "
        f"{LEAST} samples or more without a break of more than {_minutes(BREAK_S)}",
        "`says_off_position(v)`": "a floating aid to navigation says so in message 21, with a UTC second of 59 or less",
        "`far_off_station(v)`": f"an aid to navigation tells a place more than {FAR_M:.0f} m from the middle of its "
        f"first {FIRST} samples",
        "`number_never_given(v)`": "its MMSI begins with digits that the ITU has allocated to nobody, or is two digits "
        "again and again, or counted up or down",
        "`wrong_imo(v)`": "the IMO number that it tells, told twice, has a wrong check digit",
        "`retold(v)`": "it has told, twice, another name, IMO number or call sign than before, and is heard since",
        "`draught_changed(v)`": f"it tells, twice, a draught that differs by {DRAUGHT_M:g} m or more from the one it "
        "told before, twice, and is heard since",
        "`accompanied(v)`": f"another vessel keeps its place by it, or it by another, {NEAR_BY_M:.0f} m to "
        f"{FAR_BY_M:.0f} m apart, both at {_knots(FOLLOWS_MPS)} or more on nearly one course: from look to look, "
        f"{_minutes(SHADOW_S)} apart; told at the second, for the time between",
        "`in_fleet(v)`": "member of a [fleet](fleets.md)",
        "`fleet_mates(a, b)`": f"both are members of one fleet, or were within the last {_minutes(MATES_S)}",
        near: "at or within so many metres, on each minute",
        "`converging(a, b)` `converging_close(a, b)`": f"both tell a length of {LARGE_M:.0f} m or more, make "
        f"{_knots(UNDER_WAY_MPS)} or more over a minute, and if both hold on will pass within "
        f"{CPA_M[0] / 1852:.1f} NM in {TCPA_S[0] // 60} min; "
        f"within {CPA_M[1] / 1852:.1f} NM in {TCPA_S[1] // 60} min; on each minute",
        "`follows(a, b)`": f"each {_minutes(SHADOW_S)}, for the time since the look before: at both looks "
        f"{NEAR_BY_M / 1852:.2f} to {FAR_BY_M / 1852:.0f} NM apart, both at {_knots(UNDER_WAY_MPS)} or more, courses "
        f"within {np.degrees(ALIKE_RAD):.0f}°; and the place of one by the other, along and across the course, has "
        f"changed by {MOVED:.0%} of the distance or less",
        "`turns_together(a, b)`": f"as near and alike at one look and {_minutes(TURN_LOOKS * SHADOW_S)} before, "
        f"and the course changed by {np.degrees(TURNED_RAD):.0f}° or more since, the distance by {KEPT:.0%} at most",
        "`inside(v, …)`": "in a zone of the kind `port`, `anchorage`, `fishing`, `cable`, `lane`, "
        "`waiting`, `closed`, `zone`",
    }


def measures() -> str:
    """What definitions compare with figures; one row each."""
    rows = [f"| `{name}(v)` | {measure.about} |" for name, measure in MEASURES.items()]
    told = "how far it is from the nearest zone of a kind, to 0.1 NM; 0 inside, 30 where it is farther, not known "
    rows.append(f"| `{DISTANCE}(v, port)` | {told}without such a zone |")
    rows += [f"| `{name}(a, b)` | {measure.about} |" for name, measure in PAIR_MEASURES.items()]
    return "\n".join(["| measure | is |", "|---|---|", *rows])


def made() -> str:
    """What stands between the marks of the page."""
    return (
        f"{BEGIN}\n\n{table(built_in())}\n\n### Findings\n\n{findings(Pace())}\n\n### Measures\n\n{measures()}\n\n{END}"
    )


def _knots(mps: float) -> str:
    return f"{mps / KNOT:.1f} kn".replace(".0 ", " ")


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} min"


def main() -> None:
    """Put the tables into the page anew."""
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(text.split(BEGIN)[0] + made() + text.split(END)[1], encoding="utf-8")


if __name__ == "__main__":
    main()
