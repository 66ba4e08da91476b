"""The attacks, one file a class, and the honest journeys that must still succeed."""

from __future__ import annotations

from fondaco.lab.attacks.cases import Attack, Class
from fondaco.lab.attacks.corpus.claims import CLAIMS
from fondaco.lab.attacks.corpus.confusion import CONFUSION
from fondaco.lab.attacks.corpus.consent import CONSENT
from fondaco.lab.attacks.corpus.exfiltration import EXFILTRATION
from fondaco.lab.attacks.corpus.honest import HONEST
from fondaco.lab.attacks.corpus.injection import INJECTION
from fondaco.lab.attacks.corpus.orders import ORDERS
from fondaco.lab.attacks.corpus.replay import REPLAY
from fondaco.lab.attacks.corpus.splitting import SPLITTING
from fondaco.lab.attacks.corpus.takeover import TAKEOVER
from fondaco.lab.attacks.corpus.unicode import UNICODE

CORPUS: tuple[Attack, ...] = (
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


def short_round() -> tuple[Attack, ...]:
    """Return the first case of each class."""
    first = {one.sort: one for one in reversed(CORPUS)}
    return tuple(one for one in CORPUS if first[one.sort] is one)
