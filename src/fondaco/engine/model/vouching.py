"""Says whether an earlier episode may be told in the running one: only where the same person surely writes.

A contact is a browser or an address, and others may sit before it.  What proves a person is the shop's own
signature, or the same proof in both episodes: the verifier's tool for the same order, or a one-time code that
came back from the same person's address.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.tools import Verification
from fondaco.domain.turns import Contact


class Proofs(msgspec.Struct, frozen=True, kw_only=True):
    """What an episode has proven about who wrote in it."""

    signed: tuple[str, ...] = ()  #: whom the shop's signature named, oldest first
    shown: frozenset[tuple[str, str]] = frozenset()  #: what was proven, and whom it named
    subjects: frozenset[str] = frozenset()  #: all whom such proofs named


def proofs_of(events: Iterable[ev.Event]) -> Proofs:
    """Read them off an episode's events."""
    verified = [event for event in events if isinstance(event, ev.IdentityVerified)]
    shown = [event for event in verified if event.level is not Verification.SIGNED]
    return Proofs(
        signed=tuple(event.subject for event in verified if event.level is Verification.SIGNED),
        shown=frozenset((_scope(event), event.subject) for event in shown),
        subjects=frozenset(event.subject for event in shown),
    )


def is_proven(contact: Contact, running: Proofs) -> bool:
    """Return whether anything vouches for the contact; where nothing does, nothing has to be read."""
    return bool(contact.verified_subject or running.signed or running.shown)


def is_signed(contact: Contact, running: Proofs) -> bool:
    """Return whether the shop's signature vouches for the contact itself, and names nobody else by now."""
    return bool(contact.verified_subject) and _signer(contact, running) == contact.verified_subject


def may_be_told(contact: Contact, running: Proofs, earlier: Proofs) -> bool:
    """Return whether the person of the earlier episode is the one who writes in the running one."""
    signer, signers = _signer(contact, running), {*earlier.signed, contact.verified_subject} - {""}
    if signer and signers:
        return signers == {signer}
    # Where two people have shown who they are, as on a shared computer, it is not one person's episode.
    return bool(running.shown & earlier.shown) and earlier.subjects <= running.subjects


def proofs_in(records: Sequence[ev.Recorded]) -> Proofs:
    """Read them off an episode's records."""
    return proofs_of(record.event for record in records)


def _signer(contact: Contact, running: Proofs) -> str:
    return running.signed[-1] if running.signed else contact.verified_subject


def _scope(event: ev.IdentityVerified) -> str:
    """Return what was proven; each sending of a code has a name of its own, which proves no more than any."""
    return Verification.CODE.value if event.level is Verification.CODE else event.scope
