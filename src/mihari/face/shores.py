"""The coastline for the map: GeoJSON of the world's overview and of the node's area, packed once."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache

OVERVIEW = "world"


@dataclass(frozen=True, slots=True)
class Packed:
    """A document, gzip'ed, with its ETag."""

    body: bytes
    etag: str

    def plain(self) -> bytes:
        """The document itself, for the few that cannot unpack."""
        return gzip.decompress(self.body)


@lru_cache(maxsize=4)
def coastline(area: str) -> Packed:
    """A FeatureCollection: the overview first, then `area` ('' only the overview). BadInput if there is none."""
    from mihari import coast  # late: its kernels load the compiler

    names = [OVERVIEW] + ([area] if area and area != OVERVIEW else [])
    features = b",".join(coast.geojson(coast.load(n)) for n in names)
    body = gzip.compress(b'{"type":"FeatureCollection","features":[' + features + b"]}", 6, mtime=0)
    return Packed(body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')
