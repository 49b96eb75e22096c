"""IMC (Inter-Module Communication, LSTS) <-> dicts: what underwater and surface vehicles say, hear and are asked."""

from mihari.formats.imc.decoder import REASONS, Decoder
from mihari.formats.imc.messages import FIELDS
from mihari.formats.imc.plain import decode, encode
from mihari.formats.imc.plan_start import PlanStart, Stage
from mihari.formats.imc.plans import follow, goto, loiter, plan, pop_up, progress, rows, start, stop
from mihari.formats.imc.positions import position

__all__ = [
    "FIELDS",
    "REASONS",
    "Decoder",
    "PlanStart",
    "Stage",
    "decode",
    "encode",
    "follow",
    "goto",
    "loiter",
    "plan",
    "pop_up",
    "position",
    "progress",
    "rows",
    "start",
    "stop",
]
