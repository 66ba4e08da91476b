"""When hiding a part of a history costs less than telling it again and again.

All amounts are exact: 10⁻¹² of the currency.  ``new`` is the price of a token that the provider reads for the
first time (with what it asks for keeping it), ``again`` that of one that it finds in its cache.  The
derivations start from one fact: a prompt is charged at ``again`` as far as its beginning is known, and at
``new`` from the first changed token on.
"""

from __future__ import annotations

from math import isqrt

import msgspec

from fondaco.memory.planning.sheets import PriceSheet

PER_MILLE = 1_000


class Sizes(msgspec.Struct, frozen=True, kw_only=True):
    """A prompt as a cut leaves it, in tokens."""

    head_tokens: int  #: rules, tools, card and older digests: what stands before the cut and stays
    kept_tokens: int  #: what stands behind it, a new digest included
    hidden_tokens: int  #: what is not told any more, by this cut and all before


def requests_until_paid(sheet: PriceSheet, kept_tokens: int, hidden_tokens: int) -> int | None:
    """Return how many requests a cut needs until it has saved what it cost; None: it never does.

    The request that cuts reads the kept tokens anew instead of again, which costs ``kept * (new - again)``
    more.  It and every later one is spared the hidden tokens, ``again * hidden`` each time.  So the cut is
    worth it from n = kept * (new - again) / (again * hidden) requests on.  With c = again/new, H before and L
    after the cut that is n >= L(1-c) / (c(H-L)), the first rule; a write price puts 1.25-c for 1-c.
    """
    if hidden_tokens <= 0 or sheet.again_pico <= 0:
        return None
    return max(1, -(-_anew(sheet, kept_tokens) // (sheet.again_pico * hidden_tokens)))


def surely_pays(sheet: PriceSheet, sizes: Sizes) -> bool:
    """Return whether a cut never makes the bill higher than telling everything, whenever it all ends.

    That is the first rule for n = 1, where everything counts that is hidden by then: telling all would read
    it again, too.  And caches find whole blocks only, and nothing below their minimum, so that a cut prompt
    may lose what the uncut one does not: of the head now, and of everything kept in each later request.  What
    is hidden has to outweigh both.
    """
    spared = sheet.again_pico * sizes.hidden_tokens
    later = _anew(sheet, sheet.habit.most_lost(sizes.head_tokens + sizes.kept_tokens))
    return spared >= later and spared >= _cut_now(sheet, sizes.head_tokens, sizes.kept_tokens)


def least_that_pays(sheet: PriceSheet, head_tokens: int, kept_tokens: int) -> int | None:
    """Return how long a window must be for a first cut to so much to pay surely; None: it never does."""
    if sheet.again_pico <= 0:
        return None
    later = _anew(sheet, sheet.habit.most_lost(head_tokens + kept_tokens))
    now = _cut_now(sheet, head_tokens, kept_tokens)
    return kept_tokens + max(1, -(-max(later, now) // sheet.again_pico))


def best_step(sheet: PriceSheet, kept_tokens: int, growth_tokens: int, recalled_millionths: int = 0) -> int:
    """Return by how many tokens a window should grow between two cuts.

    With a growth of g a request, cuts to L come every D/g requests and cost L(new - again) each.  The window
    is L + D/2 on average, read again every time; but what stands in it is not brought back, as a part r of
    each hidden token is on average (``recalled_millionths``: the recalled part of what is hidden, times the
    share of the requests that recall).  So a token in the window costs h = again - r * new.  The sum
    h * D/2 + L(new - again) * g/D is least at D = sqrt(2 L g (new - again) / h), as with every stock that is
    filled up at a price.  Where h is nothing, hiding saves nothing, and the second rule forbids it.
    """
    holding = max(1, PER_MILLE**2 * sheet.again_pico - recalled_millionths * sheet.new_pico)
    return isqrt(2 * PER_MILLE**2 * growth_tokens * _anew(sheet, kept_tokens) // holding)


def recall_is_cheaper(sheet: PriceSheet, recalled_tokens: int, per_mille: int, hidden_tokens: int) -> bool:
    """Return whether bringing old turns back now and then costs less than never hiding them.

    Recalled tokens stand at the end of a prompt and are new every time.  On a share f of the requests R of
    them cost f * R * new; telling the hidden ones always would cost again * hidden.  So hide only if
    f * R < c * (H - W), the second rule; ``per_mille`` is f in thousandths.
    """
    return per_mille * recalled_tokens * sheet.new_pico < PER_MILLE * sheet.again_pico * hidden_tokens


def affordable_tokens(sheet: PriceSheet, sizes: Sizes, saved_pico: int, asked_tokens: int = 0) -> int:
    """Return how many tokens may be brought back so that the bill stays below that of telling everything.

    They are paid for with what was saved so far, and so is the request by which the model asked for them,
    ``asked_tokens`` long, which is read again with them (0 where the server decides without asking).  In
    later requests of the same turn they are read again, so they have to be fewer than what is hidden, less
    what the shorter prompt may lose of a block.
    """
    if sheet.new_pico == 0:
        return sizes.hidden_tokens
    lost = _anew(sheet, sheet.habit.most_lost(sizes.head_tokens + sizes.kept_tokens))
    read_again = sizes.hidden_tokens - (-(-lost // sheet.again_pico) if sheet.again_pico else 0)
    asking = asked_tokens * sheet.again_pico + lost if asked_tokens else 0
    return max(0, min((saved_pico - asking) // sheet.new_pico, read_again))


def _cut_now(sheet: PriceSheet, head_tokens: int, kept_tokens: int) -> int:
    """Return what the request that cuts pays more: for what is kept, and what is not found of the head."""
    return _anew(sheet, kept_tokens + head_tokens - sheet.habit.found(head_tokens))


def _anew(sheet: PriceSheet, tokens: int) -> int:
    return tokens * (sheet.new_pico - sheet.again_pico)
