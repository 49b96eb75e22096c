"""A case -> its report: one HTML file that asks for nothing else, runs nothing, and tells how it can be checked.

Every word from outside is escaped. What lies between the lines BEGIN and END is hashed; the hash stands below them.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from mihari.alerts.records import Records
from mihari.cases import sections
from mihari.cases.charts import area_map, strip
from mihari.cases.held import Held, held
from mihari.cases.html import escaped, tag
from mihari.core.errors import BadInput

if TYPE_CHECKING:
    from mihari.coast import Area

WORLD = "world"  # the overview of all coasts
BEGIN, END = "<!--content begins-->", "<!--content ends-->"
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
CHECK = "sed -n '/^<!--content begins-->$/,/^<!--content ends-->$/p' case.html | sha256sum"
STYLE = """
body{font:15px/1.45 Helvetica,Arial,sans-serif;color:#1a1a1a;background:#fff;max-width:60rem;margin:1.5rem auto;
padding:0 1rem;overflow-wrap:anywhere}
h1{font-size:1.6rem;margin:.2rem 0 1rem}
h2{font-size:1.15rem;margin:2rem 0 .6rem;border-bottom:1px solid #bbb}
h3{font-size:1rem;margin:1.2rem 0 .4rem}
p{margin:.4rem 0;white-space:pre-line}td p{margin:0}
table{border-collapse:collapse;width:100%;margin:.4rem 0}
td,th{text-align:left;vertical-align:top;padding:.2rem .8rem .2rem 0;border-bottom:1px solid #e4e4e4;min-width:3.4em}
th{font-weight:600;color:#444}
td:first-child,td code{white-space:nowrap}
code,.hash{font:12px/1.4 monospace}
.soft{color:#5a5a5a;font-size:.88em}.gone{text-decoration:line-through;color:#777}.outcome{font-weight:600}
svg,img{max-width:100%;height:auto}figure{margin:.8rem 0}figcaption ul{list-style:none;padding:0}
.key{display:inline-block;width:1.6em;height:.5em;margin-right:.5em}
@media(max-width:45rem){td:first-child,td code{white-space:normal}td,th{min-width:0;padding-right:.4rem}}
@media print{body{max-width:none;margin:0}h2{break-after:avoid}figure,tr{break-inside:avoid}}
"""


def report(
    records: Records, number: int, area: str = "", archive: Path | None = None, now: float = 0.0, station: str = ""
) -> str:
    """The report of a case as it is at this node at `now` (UTC s); `area`: a coastline's name, '' the overview.

    Unknown where there is no such case.
    """
    return page_of(held(records, number, archive), coast_of(area), now, station)


def coast_of(area: str) -> Area | None:
    """The coast that is drawn; None where there is none."""
    from mihari import coast  # late: its kernels load the compiler

    try:
        return coast.load(area or WORLD)
    except BadInput:
        return None


def page_of(found: Held, area: Area | None, now: float, station: str) -> str:
    """The whole file."""
    content = "\n".join([BEGIN, *_content(found, area, now, station), END]) + "\n"
    digest = hashlib.sha256(content.encode()).hexdigest()
    title = escaped(f"Case {found.case['number']}: {found.case['title']}")
    head = f"<meta charset='utf-8'><meta http-equiv='Content-Security-Policy' content=\"{POLICY}\">"
    head += "<meta name='viewport' content='width=device-width'><meta name='referrer' content='no-referrer'>"
    head += f"<title>{title}</title><style>{STYLE}</style>"
    return f"<!doctype html>\n<html lang='en'><head>{head}</head>\n<body>\n{content}{_check(digest)}</body></html>\n"


def _content(found: Held, area: Area | None, now: float, station: str) -> list[str]:
    """The parts of the report, each in a line or some of its own."""
    drawn, over_time = area_map(found, area), strip(found)
    return [
        sections.head(found, now, station),
        sections.story(found),
        tag("h2", "Map"),
        f"<figure>{drawn}{sections.legend(found)}</figure>" if drawn else "<p>Nothing of this case has a place.</p>",
        tag("h2", "Timeline"),
        f"<figure>{over_time}</figure>" if over_time else "",
        sections.events(found),
        sections.evidence(found),
        sections.pictures(found),
        sections.dossiers(found),
        sections.not_understood(found),
        sections.log(found),
    ]


def _check(digest: str) -> str:
    """The hash, and how anybody can take it again without this program."""
    return (
        f"<h2>How to check this file</h2>\n<p>SHA-256 of its content: <code id='hash'>{digest}</code></p>\n"
        f"<p>The content is every line from the one that says that it begins to the one that says that it ends, both "
        f"included. With the file named case.html this prints the same hash:</p>\n<p><code>{escaped(CHECK)}</code></p>"
        "\n<p class='soft'>The hash shows that a copy is the file that was made. Who made it, and when, it does not "
        "show: keep the hash elsewhere, or compare it with the watch log of the node.</p>\n"
    )
