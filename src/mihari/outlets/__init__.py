"""Our picture in other systems' languages: what to send of each picture, as bytes. No sockets, no clock."""

from mihari.outlets.cot import CotTeller
from mihari.outlets.system_tracks import SystemTrackTeller
from mihari.outlets.teller import Due, Numbers, PictureTeller
from mihari.outlets.telling import Outlets, spec_of
from mihari.outlets.tll import TllTeller

__all__ = ["CotTeller", "Due", "Numbers", "Outlets", "PictureTeller", "SystemTrackTeller", "TllTeller", "spec_of"]
