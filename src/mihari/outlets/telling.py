"""The outlets of a node: each picture to every output of the node file that tells it, in that output's format."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from mihari.core.config import OutputSection
from mihari.core.picture import Picture
from mihari.feeds.address import FeedAddress
from mihari.feeds.relay import OutputSpec
from mihari.outlets.cot import CotTeller
from mihari.outlets.system_tracks import SystemTrackTeller
from mihari.outlets.teller import PictureTeller
from mihari.outlets.tll import TllTeller

FORMATS = {"cot": "cot", "tak": "cot", "tll": "nmea", "asterix": "asterix"}  # picture = -> a feed's format

Send = Callable[[str, Sequence[bytes]], None]


def address_of(output: OutputSection) -> FeedAddress:
    """Where an output that tells the picture goes; BadInput where that cannot be understood."""
    return FeedAddress.parse(output.url, FORMATS[output.picture])


def spec_of(output: OutputSection, formats: Mapping[str, str]) -> OutputSpec:
    """An output as the hub runs it; `formats`: feed name -> format, of what it passes on. BadInput as `address_of`."""
    if output.picture:
        return OutputSpec(address_of(output), own=True)
    format = next((formats[name] for name in output.sources if name in formats), "ais")
    return OutputSpec(FeedAddress.parse(output.url, format), output.sources)


def teller_of(output: OutputSection, node: str) -> PictureTeller:
    """What tells the picture of the node with this name there."""
    to = address_of(output)
    if output.picture == "asterix":
        return SystemTrackTeller(output.sac or 0, output.sic or 0, every_s=output.every_s)
    if output.picture == "tll":
        return TllTeller(every_s=output.every_s, source=to.source if to.scheme == "udp450" else "")
    form = "proto" if output.picture == "tak" else "xml"
    return CotTeller(node, every_s=output.every_s, form=form, stream=not to.datagrams)


class Outlets:
    """Tells pictures. `send` takes an output's address (its text) and pieces, and never waits."""

    def __init__(self, node: str, send: Send) -> None:
        self.node, self.send = node, send
        self._tellers: dict[OutputSection, tuple[str, PictureTeller]] = {}

    def __len__(self) -> int:
        return len(self._tellers)

    def reconfigure(self, outputs: Sequence[OutputSection]) -> None:
        """From now on these; one that stays as it was goes on with the numbers that it gave."""
        self._tellers = {
            output: self._tellers.get(output) or (address_of(output).text, teller_of(output, self.node))
            for output in outputs
            if output.picture
        }

    def offer(self, picture: Picture) -> None:
        """Tell what is due of this picture, everywhere."""
        for text, teller in self._tellers.values():
            self.send(text, teller.offer(picture))
