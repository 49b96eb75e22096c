"""The wire formats as `mihari decode` and `encode` see them, one file each."""

from mihari.commands.codecs.ais import AisCodec
from mihari.commands.codecs.asterix import AsterixCodec
from mihari.commands.codecs.codec import Codec, Part
from mihari.commands.codecs.mavlink import MavlinkCodec

CODECS: dict[str, type[Codec]] = {"ais": AisCodec, "asterix": AsterixCodec, "mavlink": MavlinkCodec}
from mihari.commands.codecs.imc import ImcCodec
from mihari.commands.codecs.nmea import NmeaCodec

CODECS: dict[str, type[Codec]] = {"ais": AisCodec, "asterix": AsterixCodec, "imc": ImcCodec, "nmea": NmeaCodec}

__all__ = ["CODECS", "Codec", "Part"]
