"""ASTERIX (EUROCONTROL-SPEC-0149) both ways: datagrams to columns, records and plots to datagrams.

What the columns mean: `radar` (001, 002, 010, 015, 034, 048), `independent` (015), `system_tracks` (062), `service`
(019, 063, 065), `aircraft` (020, 021), `directions` (205).
"""

from mihari.formats.asterix.decode import Decoded, Errors, Table, decode, decode_many
from mihari.formats.asterix.editions import Editions, available
from mihari.formats.asterix.emit import Emitter, encode_north, encode_plots, encode_sector
from mihari.formats.asterix.emit_tracks import encode_service, encode_system_tracks
from mihari.formats.asterix.encode import encode, encode_datagrams
from mihari.formats.asterix.records import to_dicts

__all__ = [
    "Decoded",
    "Editions",
    "Emitter",
    "Errors",
    "Table",
    "available",
    "decode",
    "decode_many",
    "encode",
    "encode_datagrams",
    "encode_north",
    "encode_plots",
    "encode_sector",
    "encode_service",
    "encode_system_tracks",
    "to_dicts",
]
