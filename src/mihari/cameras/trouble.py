"""What goes wrong with an ONVIF camera -> one sentence, and whether the connection is worth keeping.

Nothing that a camera or a library said is passed on but a fault's own words, cleaned: an address may hold a password.
"""

from __future__ import annotations

import re

from mihari.alerts.text import clean
from mihari.core.camera import CameraAway, CameraRefuses
from mihari.feeds.retry import why

NOT_ALLOWED = re.compile(r"not ?authori[sz]ed|unauthori[sz]ed|authenticat|wsse|password|\b401\b", re.IGNORECASE)
FAULT_MAX = 120


def sentence(error: Exception, patience: float) -> tuple[CameraAway, bool]:
    """What to raise in place of an error, and whether it breaks the connection.

    >>> told, breaks = sentence(TimeoutError(), 5.0)
    >>> str(told), breaks
    ('does not answer within 5 s', True)
    """
    import aiohttp
    from onvif.exceptions import ONVIFAuthError
    from zeep.exceptions import Fault, TransportError

    if isinstance(error, CameraAway):
        return error, True
    if isinstance(error, TimeoutError | aiohttp.ServerTimeoutError):
        return CameraAway(f"does not answer within {patience:g} s"), True
    if isinstance(error, Fault):
        return _fault(error)
    if isinstance(error, ONVIFAuthError) or (isinstance(error, TransportError) and error.status_code in (401, 403)):
        return CameraRefuses("refuses to let us in: the user or the password is wrong"), True
    if isinstance(error, aiohttp.ClientConnectorError):
        return CameraAway(f"cannot be reached: {why(error.os_error)}"), True
    if isinstance(error, aiohttp.ClientError | OSError):
        return CameraAway("broke the connection"), True
    return CameraAway("answers what is no ONVIF"), True


def _fault(error: Exception) -> tuple[CameraAway, bool]:
    codes = " ".join(str(getattr(one, "localname", one)) for one in getattr(error, "subcodes", None) or ())
    said = clean(str(getattr(error, "message", "") or "without a reason"), FAULT_MAX)
    if NOT_ALLOWED.search(f"{codes} {said}"):
        return CameraRefuses("refuses to let us in: the user or the password is wrong"), True
    return CameraRefuses(f"says no: {said}"), False
