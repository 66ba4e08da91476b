"""Whether a browser's request comes from our own pages.

Browsers say so in ``Sec-Fetch-Site`` (W3C Fetch Metadata), older ones in ``Origin``.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from fondaco.server.problem import FORBIDDEN, Refused

_OWN = frozenset({b"same-origin", b"none"})


def demand_same_origin(headers: Mapping[bytes, bytes]) -> None:
    """Raise Refused unless the request comes from this very origin, or from the person's own hand."""
    site = headers.get(b"sec-fetch-site")
    allowed = site in _OWN if site is not None else _origin_is_host(headers)
    if not allowed:
        raise Refused(FORBIDDEN, "This request came from another site; use fondaco's own pages.")


def _origin_is_host(headers: Mapping[bytes, bytes]) -> bool:
    origin, host = headers.get(b"origin", b""), headers.get(b"host", b"")
    try:
        named = urlsplit(origin.decode("ascii"))
        return bool(host) and named.netloc.lower() == host.decode("ascii").lower()
    except ValueError:
        return False
