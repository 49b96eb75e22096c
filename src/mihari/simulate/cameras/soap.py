"""SOAP 1.2 as ONVIF devices speak it: a request in, its operation and who asks; envelopes and faults out.

ONVIF Core Specification 5.8 (security), 5.11 (faults); OASIS WS-Security UsernameToken Profile 1.0: the digest is
Base64(SHA-1(nonce + created + password)).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from xml.sax.saxutils import escape

from lxml import etree

ENVELOPE = "http://www.w3.org/2003/05/soap-envelope"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
DIGEST = "#PasswordDigest"
SPACES = {
    "tt": "http://www.onvif.org/ver10/schema",
    "tds": "http://www.onvif.org/ver10/device/wsdl",
    "trt": "http://www.onvif.org/ver10/media/wsdl",
    "tptz": "http://www.onvif.org/ver20/ptz/wsdl",
    "ter": "http://www.onvif.org/ver10/error",
}
REQUEST_MAX = 1 << 16  # bytes; what a client asks takes a tenth
FRESH_S = 300.0  # a token of another time is refused, as devices do
NONCES_KEPT = 1000


class Fault(Exception):
    """A request that cannot be answered: subcode of ONVIF 5.11.2.2 and a sentence."""

    def __init__(self, subcode: str, why: str, detail: str = "", status: int = 400) -> None:
        super().__init__(why)
        self.subcode, self.why, self.detail, self.status = subcode, why, detail, status


@dataclass(frozen=True, slots=True)
class Asked:
    """An operation by its prefix and name (`tptz`, `GetStatus`), its element, and its security header."""

    service: str
    name: str
    element: etree._Element
    token: etree._Element | None


def parse(body: bytes) -> Asked:
    """The operation of a request; Fault where it is no request."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        raise Fault("ter:WellFormed", "no well-formed XML") from None
    content = root.find(f"{{{ENVELOPE}}}Body")
    if root.tag != f"{{{ENVELOPE}}}Envelope" or content is None or len(content) != 1:
        raise Fault("ter:WellFormed", "no SOAP 1.2 envelope with one operation")
    name = etree.QName(content[0])
    service = next((short for short, space in SPACES.items() if space == name.namespace), "")
    token = root.find(f"{{{ENVELOPE}}}Header/{{{WSSE}}}Security/{{{WSSE}}}UsernameToken")
    return Asked(service, name.localname, content[0], token)


@dataclass(slots=True)
class Doorkeeper:
    """Knows the one user of a camera, checks tokens by the camera's clock, and takes no nonce twice."""

    user: str
    password: str
    _nonces: deque[bytes] = field(default_factory=lambda: deque(maxlen=NONCES_KEPT))

    def check(self, token: etree._Element | None, now: float) -> None:
        """Fault where it does not prove that its sender knows the password; `now`: UTC s by the camera's clock."""
        if not self.user:
            return
        told = {} if token is None else {etree.QName(e).localname: e for e in token if isinstance(e.tag, str)}
        try:
            nonce = base64.b64decode(told["Nonce"].text or "", validate=True)
            created = told["Created"].text or ""
            when = datetime.fromisoformat(created.replace("Z", "+00:00")).timestamp()
            given, kind = told["Password"].text or "", told["Password"].get("Type", "")
            user = told["Username"].text or ""
        except (KeyError, ValueError, binascii.Error):
            raise self._refused("a request without a token") from None
        wanted = base64.b64encode(hashlib.sha1(nonce + created.encode() + self.password.encode()).digest()).decode()
        if not (kind.endswith(DIGEST) and user == self.user and hmac.compare_digest(given.encode(), wanted.encode())):
            raise self._refused("the sender is not authorised")
        if abs(when - now) > FRESH_S or nonce in self._nonces:
            raise self._refused("a token of another time")
        self._nonces.append(nonce)

    @staticmethod
    def _refused(why: str) -> Fault:
        return Fault("ter:NotAuthorized", why)


def envelope(body: str) -> bytes:
    """A body as a whole answer."""
    spaces = " ".join(f'xmlns:{short}="{space}"' for short, space in SPACES.items())
    told = f'<s:Envelope xmlns:s="{ENVELOPE}" {spaces}><s:Body>{body}</s:Body></s:Envelope>'
    return f'<?xml version="1.0" encoding="UTF-8"?>{told}'.encode()


def fault(problem: Fault) -> bytes:
    """A fault as a whole answer."""
    detail = f"<s:Detail><s:Text>{escape(problem.detail)}</s:Text></s:Detail>" if problem.detail else ""
    return envelope(
        f"<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>{problem.subcode}</s:Value></s:Subcode>"
        f'</s:Code><s:Reason><s:Text xml:lang="en">{escape(problem.why)}</s:Text></s:Reason>{detail}</s:Fault>'
    )
