"""How many requests a conversation still has before it, as far as earlier ones tell."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

#: Where the shop has no history, a conversation is taken to have so many requests before it, however long it
#: is already.  The 2,921 service dialogues of the Schema-Guided Dialogue test set have 8.5 messages of the
#: contact on average (``fondaco lab memory --cost`` prints it).
USUAL_REQUESTS = 8
#: The default counts like so many conversations of the shop's own.
_WEIGHT = 10


class Expectation(msgspec.Struct, frozen=True, kw_only=True):
    """How long it is expected to go on."""

    requests_left: int  #: at least 1
    based_on: int  #: conversations of the shop that were longer than this one is; 0: the default alone


def expected_requests(lengths: Mapping[int, int], so_far: int) -> Expectation:
    """Return how many requests are still to come after ``so_far`` of them.

    ``lengths`` says how many of the shop's conversations ended after how many requests.  The mean of what was
    left to those that got so far, the default weighed in, so that few observations move it little.
    """
    longer = {length: count for length, count in lengths.items() if length > so_far and count > 0}
    seen = sum(longer.values())
    left = sum((length - so_far) * count for length, count in longer.items())
    mean = (left + _WEIGHT * USUAL_REQUESTS) / (seen + _WEIGHT)
    return Expectation(requests_left=max(1, round(mean)), based_on=seen)
