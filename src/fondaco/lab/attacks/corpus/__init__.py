"""The attacks, one file a class, and the honest journeys that must still succeed."""

from __future__ import annotations

import msgspec

from fondaco.lab.attacks.cases import Attack
from fondaco.lab.attacks.corpus.claims import CLAIMS
from fondaco.lab.attacks.corpus.confusion import CONFUSION
from fondaco.lab.attacks.corpus.consent import CONSENT
from fondaco.lab.attacks.corpus.exfiltration import EXFILTRATION
from fondaco.lab.attacks.corpus.honest import HONEST
from fondaco.lab.attacks.corpus.injection import INJECTION
from fondaco.lab.attacks.corpus.known import KNOWN
from fondaco.lab.attacks.corpus.orders import ORDERS
from fondaco.lab.attacks.corpus.replay import REPLAY
from fondaco.lab.attacks.corpus.splitting import SPLITTING
from fondaco.lab.attacks.corpus.takeover import TAKEOVER
from fondaco.lab.attacks.corpus.unicode import UNICODE

_ALL: tuple[Attack, ...] = (
    *INJECTION,
    *ORDERS,
    *SPLITTING,
    *CONFUSION,
    *UNICODE,
    *EXFILTRATION,
    *CLAIMS,
    *TAKEOVER,
    *REPLAY,
    *CONSENT,
    *HONEST,
)

CORPUS: tuple[Attack, ...] = tuple(msgspec.structs.replace(one, open=KNOWN.get(one.id, "")) for one in _ALL)


#: One case of each class, with which the suite of tests makes sure that the drill itself works.
_SHORT = (
    "injection-result-reason-link",
    "orders-second-order",
    "splitting-turns",
    "confusion-amount-negative",
    "unicode-victim-wide",
    "exfiltration-link-image",
    "claims-en-1",
    "takeover-while-it-runs",
    "replay-double-click",
    "consent-no-yes-en-7",
    "honest-cancel-de",
    "honest-refund-ko",
)


def short_round() -> tuple[Attack, ...]:
    """Return one case of each class."""
    return tuple(one for one in CORPUS if one.id in _SHORT)
