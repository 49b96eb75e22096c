"""The tables of the records, for SQLite and PostgreSQL alike, and the version of their layout.

Times are UTC s, lists and what a behaviour says are JSON text; keys of vessels are those of `mihari.core.behaviour`.
"""

from mihari.alerts.tables.cases import case_about, case_author, case_edit, case_file, case_teller, casebook
from mihari.alerts.tables.columns import BIG, metadata
from mihari.alerts.tables.patterns import bundle, pattern, pattern_fired, pattern_withdrawal
from mihari.alerts.tables.planning import patrol, plan, wish
from mihari.alerts.tables.tasks import attachment, charge, task
from mihari.alerts.tables.watch import alert, aside, audit, behaviour, concerned, fleet, head, log, pairing, zone

LAYOUT = 9  # grows with every change of a table; see `mihari.alerts.layout`

__all__ = [
    "BIG",
    "LAYOUT",
    "alert",
    "aside",
    "attachment",
    "audit",
    "behaviour",
    "bundle",
    "case_about",
    "case_author",
    "case_edit",
    "case_file",
    "case_teller",
    "casebook",
    "charge",
    "concerned",
    "fleet",
    "head",
    "log",
    "metadata",
    "pairing",
    "patrol",
    "pattern",
    "pattern_fired",
    "pattern_withdrawal",
    "plan",
    "task",
    "wish",
    "zone",
]
