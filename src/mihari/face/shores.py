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
    """A FeatureCollection: the overview, then the box of `area` and `area` ('' only the overview).

    BadInput if there is none.
    """
    from mihari import coast  # late: its kernels load the compiler

    features = [coast.geojson(coast.load(OVERVIEW))]
    if area and area != OVERVIEW:
        near = coast.load(area)
        features += [coast.cover(near), coast.geojson(near)]
    body = gzip.compress(b'{"type":"FeatureCollection","features":[' + b",".join(features) + b"]}", 6, mtime=0)
    return Packed(body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')
