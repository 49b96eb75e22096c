"""The wire formats as `mihari decode` and `encode` see them, one file each."""

from mihari.commands.codecs.ais import AisCodec
from mihari.commands.codecs.asterix import AsterixCodec
from mihari.commands.codecs.codec import Codec, Part
from mihari.commands.codecs.cot import CotCodec
from mihari.commands.codecs.imc import ImcCodec
from mihari.commands.codecs.klv import KlvCodec
from mihari.commands.codecs.mavlink import MavlinkCodec
from mihari.commands.codecs.nmea import NmeaCodec

CODECS: dict[str, type[Codec]] = {
    "ais": AisCodec,
    "asterix": AsterixCodec,
    "cot": CotCodec,
    "imc": ImcCodec,
    "klv": KlvCodec,
    "mavlink": MavlinkCodec,
    "nmea": NmeaCodec,
}

__all__ = ["CODECS", "Codec", "Part"]
