"""``python -m fondaco.lab.transports_certificates FOLDER``: certificates of every kind for 127.0.0.1.

It needs ``trustme``, which only the interpreter of the comparison has.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

_HOST = "127.0.0.1"
_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def write(folder: Path) -> None:
    """Write an authority, and certificates that it signed, that has expired, and that nobody vouches for."""
    trustme = import_module("trustme")
    authority, stranger = trustme.CA(), trustme.CA()
    made = {
        "trusted": authority.issue_cert(_HOST),
        "expired": authority.issue_cert(
            _HOST, not_before=datetime(2019, 1, 1, tzinfo=UTC), not_after=_LONG_AGO
        ),
        "self_signed": stranger.issue_cert(_HOST),
    }
    authority.cert_pem.write_to_path(folder / "authority.pem")
    for name, certificate in made.items():
        certificate.private_key_and_cert_chain_pem.write_to_path(folder / f"{name}.pem")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
