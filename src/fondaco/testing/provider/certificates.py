"""Certificates that a client must not accept, and one that it may."""

from __future__ import annotations

import importlib
import importlib.util
import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from fondaco.domain.errors import ConfigurationError

_DAY = timedelta(days=1)


class TlsKind(StrEnum):
    """What is wrong with a certificate."""

    TRUSTED = "trusted"  #: nothing, to a client that trusts its authority
    SELF_SIGNED = "self_signed"  #: no authority has signed it
    EXPIRED = "expired"  #: its time is over; the authority is the one of ``TRUSTED``
    OTHER_HOST = "other_host"  #: it was issued for somebody else


def listening_context(kind: TlsKind, folder: Path, authority: Path | None, now_ms: int) -> ssl.SSLContext:
    """Return what a server listens with; its files are made in ``folder`` and not needed afterwards.

    Raises ConfigurationError if the package ``cryptography`` is missing.
    """
    if importlib.util.find_spec("cryptography") is None:
        raise ConfigurationError("Simulated TLS faults need the package 'cryptography'; install it.")
    maker = _Maker(datetime.fromtimestamp(now_ms / 1000, UTC))
    certificate, key = maker.server(kind)
    path = folder / "server.pem"
    path.write_bytes(maker.key_pem(key) + maker.pem(certificate))
    if authority:
        authority.write_bytes(maker.pem(maker.authority))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


class _Maker:
    """Issues certificates by an authority of its own."""

    def __init__(self, now: datetime) -> None:
        self._x509: Any = importlib.import_module("cryptography.x509")
        self._hashes: Any = importlib.import_module("cryptography.hazmat.primitives.hashes")
        self._curves: Any = importlib.import_module("cryptography.hazmat.primitives.asymmetric.ec")
        self._forms: Any = importlib.import_module("cryptography.hazmat.primitives.serialization")
        self._now = now
        self._key = self._new_key()
        self._name = self._named("fondaco provider simulator")
        issuing = self._begun(self._name, self._key, self._name, -_DAY, _DAY)
        constraints = self._x509.BasicConstraints(ca=True, path_length=None)
        self.authority: Any = self._signed(issuing.add_extension(constraints, critical=True), self._key)

    def server(self, kind: TlsKind) -> tuple[Any, Any]:
        """Return a certificate of this kind and its key."""
        key, name = self._new_key(), self._named("provider")
        begins, ends = (-3 * _DAY, -_DAY) if kind is TlsKind.EXPIRED else (-_DAY, _DAY)
        by_itself = kind is TlsKind.SELF_SIGNED
        issuer, signer = (name, key) if by_itself else (self._name, self._key)
        begun = self._begun(name, key, issuer, begins, ends)
        host = "192.0.2.1" if kind is TlsKind.OTHER_HOST else "127.0.0.1"
        names = self._x509.SubjectAlternativeName([self._x509.IPAddress(ipaddress.ip_address(host))])
        return self._signed(begun.add_extension(names, critical=False), signer), key

    def pem(self, certificate: Any) -> bytes:
        """Return a certificate as text."""
        text: bytes = certificate.public_bytes(self._forms.Encoding.PEM)
        return text

    def key_pem(self, key: Any) -> bytes:
        """Return a key as text."""
        forms = self._forms
        text: bytes = key.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption())
        return text

    def _begun(self, name: Any, key: Any, issuer: Any, begins: timedelta, ends: timedelta) -> Any:
        return (
            self._x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(self._x509.random_serial_number())
            .not_valid_before(self._now + begins)
            .not_valid_after(self._now + ends)
        )

    def _signed(self, begun: Any, key: Any) -> Any:
        return begun.sign(key, self._hashes.SHA256())

    def _new_key(self) -> Any:
        return self._curves.generate_private_key(self._curves.SECP256R1())

    def _named(self, name: str) -> Any:
        attribute = self._x509.NameAttribute(self._x509.NameOID.COMMON_NAME, name)
        return self._x509.Name([attribute])
