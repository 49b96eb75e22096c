"""A TAK stream cut anywhere -> its events: XML ones after another, protobuf frames, or one and then the other.

XML events end at `</event>` (ATAK, `protocol.txt`: so every TAK program cuts them); white space and XML declarations
may stand between. A protobuf frame begins with `bf`, which begins no XML. After bytes that are neither, the next
`<event` or the next plausible head of a frame is looked for. No byte is parsed twice, whatever comes.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from mihari.core.errors import FormatError
from mihari.formats.cot.event import MAX_EVENT, Control, Event
from mihari.formats.cot.proto import message, read_varint
from mihari.formats.cot.xml import parse
from mihari.formats.refusals import Refusals

BETWEEN = re.compile(rb"(?:[ \t\r\n]++|<\?xml[^<>]{0,200}\?>)*+")
PARTIAL = re.compile(rb"<(?:\?[^<>]{0,205}|e(?:v(?:e(?:n(?:t)?)?)?)?)?\Z")  # of a declaration or of `<event`
BEGIN = re.compile(rb"<event[\s/>]")
CANDIDATE = re.compile(rb"<event[\s/>]|<\?xml|\xbf")
END = b"</event>"
TAGS = (0x0A, 0x12)  # takControl and cotEvent of a TakMessage, both with a length
MORE, NONE = -1, -2


class Stream:
    """Bytes of one TCP connection -> events, in order. Holds at most `MAX_EVENT` bytes beside what was last fed.

    `refusals` counts what was not understood with its offset; `control` is what the peer last said of versions.

    >>> stream = Stream()
    >>> stream.feed(b"<?xml version='1.0'?><event uid=''></event>noise<eve")
    []
    >>> stream.refusals.counts, stream.refusals.last[-1].offset
    ({'event': 1, 'garbage': 1}, 43)
    """

    def __init__(self) -> None:
        self.refusals = Refusals()
        self.control: Control | None = None
        self._held = b""
        self._at = 0  # in what is held: all before it is done with
        self._offset = 0  # of the first held byte since the stream began
        self._searched = 0  # in what is held: no `</event>` ends before it
        self._lost = False  # after garbage, until a message is found

    def feed(self, data: bytes) -> list[Event]:
        """The events that these bytes complete."""
        self._held += data
        return self._taken(False)

    def finish(self) -> list[Event]:
        """Events that waited for more bytes; what is no event is refused. Another stream may follow."""
        return self._taken(True)

    def _taken(self, last: bool) -> list[Event]:
        events: list[Event] = []
        while self._step(events, last):
            pass
        self._offset += self._at
        self._searched = max(self._searched - self._at, 0)
        self._held, self._at = self._held[self._at :], 0
        return events

    def _step(self, events: list[Event], last: bool) -> bool:
        """Take one message or refuse one piece; False where more bytes are needed first."""
        between = BETWEEN.match(self._held, self._at)
        self._at = between.end() if between else self._at
        if self._at == len(self._held):
            return False
        if self._held[self._at] == 0xBF:
            return self._frame(events, last)
        if BEGIN.match(self._held, self._at):
            return self._xml(events, last)
        if not last and PARTIAL.match(self._held, self._at):
            return False
        self._garbage(last)
        return True

    # XML

    def _xml(self, events: list[Event], last: bool) -> bool:
        held, at = self._held, self._at
        limit = at + MAX_EVENT
        end = held.find(END, max(self._searched - len(END), at), limit)
        if end < 0:
            self._searched = len(held)
            if len(held) < limit and not last:
                return False
            self._refuse(self._last_begin(len(held)) or len(held), "truncated" if len(held) < limit else "too_long")
        elif begin := self._last_begin(end):  # the one before it has no end
            self._refuse(begin, "truncated")
        else:
            self._take(end + len(END), at, parse, events)
        return True

    def _last_begin(self, end: int) -> int:
        """Where the last event begins that begins between here and `end`; 0 for none."""
        begin = self._held.rfind(b"<event", self._at + 1, end)
        while begin > 0 and not BEGIN.match(self._held, begin):
            begin = self._held.rfind(b"<event", self._at + 1, begin)
        return max(begin, 0)

    # protobuf

    def _frame(self, events: list[Event], last: bool) -> bool:
        size, begin = _head(self._held, self._at)
        end = begin + size
        if size == NONE or (last and (size == MORE or end > len(self._held))):
            self._garbage(last)
            return True
        if size == MORE or end > len(self._held):
            return False
        following = self._held[end : end + 1]
        sound = not following or following in b"\xbf< \t\r\n"
        if self._lost and not last and not following:
            return False  # what follows tells whether this is a frame
        if (self._lost and not sound) or not self._take(end, begin, message, events, keep=not sound):
            self._garbage(last)
        return True

    # both

    def _take(
        self,
        end: int,
        begin: int,
        understand: Callable[[bytes], Event | Control],
        events: list[Event],
        keep: bool = False,
    ) -> bool:
        """Understand the bytes from `begin` to `end`. What is wrong is refused, or left where `keep` says so."""
        try:
            found = understand(self._held[begin:end])
        except FormatError as error:
            if keep:
                return False
            self._refuse(end, error.reason)
            return True
        if isinstance(found, Control):
            self.control = found
        else:
            events.append(found)
        self._at, self._lost = end, False
        return True

    def _garbage(self, last: bool) -> None:
        """Refuse all before the next place where a message may begin."""
        at = self._at + 1
        while (found := CANDIDATE.search(self._held, at)) and found[0] == b"\xbf":
            if _head(self._held, found.start())[0] != NONE:
                break
            at = found.end()
        end = found.start() if found else len(self._held)
        if not found and not last and (partial := PARTIAL.search(self._held, max(self._at + 1, end - 256))):
            end = partial.start()
        self._refuse(end, "garbage")
        self._lost = True

    def _refuse(self, end: int, reason: str) -> None:
        piece = self._held[self._at : min(end, self._at + 64)]
        self.refusals.add(self._offset + self._at, piece, reason, end - self._at)
        self._at = end


def _head(held: bytes, at: int) -> tuple[int, int]:
    """Length and begin of the message of a frame whose `bf` stands at `at`; MORE or NONE for the length."""
    size, begin = read_varint(held, at + 1)
    if size == MORE:
        return MORE, begin
    if not 0 < size <= MAX_EVENT or (len(held) > begin and held[begin] not in TAGS):
        return NONE, begin
    inner, field = read_varint(held, begin + 1)
    if inner == MORE:
        return MORE, begin
    return (size if 0 <= inner <= size - (field - begin) else NONE), begin


def of_datagram(data: bytes) -> Event | Control:
    """One datagram of the mesh (`239.2.3.1:6969`): an XML event, or a protobuf message. FormatError.

    >>> from mihari.formats.cot import to_proto
    >>> of_datagram(to_proto(Control(1, 1, "a")))
    Control(least=1, most=1, uid='a')
    """
    if data[:1] != b"\xbf":
        return parse(data)
    if data[:3] != b"\xbf\x01\xbf":
        raise FormatError("protobuf", "not version 1 of the TAK protocol", data[:16])
    return message(data[3:])
