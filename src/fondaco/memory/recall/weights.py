"""How much each view of a turn counts."""

from __future__ import annotations

import msgspec


class Weights(msgspec.Struct, frozen=True, kw_only=True):
    """What each view is multiplied with before all are added up.

    The views of words and meaning have a mean of 0 and a deviation of 1 over the turns in question.  Few and
    round on purpose: weights fitted to one set of conversations are known not to hold on another.
    """

    turn: float = 0.2  #: BM25 of the turn by itself
    window: float = 0.4  #: BM25 of the turn and all within 150 tokens around it
    named: float = 0.3  #: the same for the question's names and numbers alone
    sitting: float = 0.3  #: BM25 of everything that was said without a long pause
    meaning: float = 0.3  #: nearness of meaning, where vectors are
    context: float = 0.5  #: nearness of meaning of the turn with what stands around it
    speaker: float = 2.0  #: who spoke is the only one whom the question names
    date: float = 1.0  #: the turn is of the month or day that the question names
    contact: float = 1.0  #: the contact spoke: what is asked for later is mostly their own
    salience: float = 0.3  #: rare words, names and numbers, whatever is asked
    asking: float = -0.3  #: the shop asked something: the answer is elsewhere
    oversize: float = -0.5  #: per factor e of tokens over the median


#: Rounded from research on three public sets (LoCoMo, REALTALK, BEAM; half of each), then moved a little on
#: LoCoMo and Schema-Guided Dialogue together, where both became better.
WEIGHTS = Weights()
