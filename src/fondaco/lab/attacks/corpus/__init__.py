"""The attacks, one file a class, and the honest journeys that must still succeed."""

from __future__ import annotations

from fondaco.lab.attacks.cases import Attack, Class
from fondaco.lab.attacks.corpus.honest import HONEST
from fondaco.lab.attacks.corpus.injection import INJECTION
from fondaco.lab.attacks.corpus.orders import ORDERS
from fondaco.lab.attacks.corpus.splitting import SPLITTING

CORPUS: tuple[Attack, ...] = (*INJECTION, *ORDERS, *SPLITTING, *HONEST)


def short_round() -> tuple[Attack, ...]:
    """Return the first case of each class."""
    return tuple(next(one for one in CORPUS if one.sort is sort) for sort in Class)
