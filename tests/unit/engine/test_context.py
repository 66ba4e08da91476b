"""What a turn knows before it begins."""

from __future__ import annotations

import pytest

from fondaco.domain import events as ev
from fondaco.domain.handoffs import HandoffReason
from fondaco.domain.people import Author, AuthorKind
from fondaco.domain.tools import Verification
from fondaco.engine.context import build
from fondaco.engine.route import choose
from fondaco.kit.language import Language
from tests.unit.engine.episodes import FAILED_PROOF, SETTLED, context, posted, verified, work, wrote

AWAITING = ev.Awaiting(entry="track", wants="order_number", sentence="ask_order_number")
LIN = Author(AuthorKind.TEAMMATE, "mat_lin", "Lin")


def test_nothing_to_answer_is_no_context() -> None:
    assert build(work(wrote(), posted(), SETTLED), Language.EN) is None


def test_quick_messages_are_one_question() -> None:
    found = context(wrote("Where is it?"), wrote("And when?", name="2"))

    assert found.question == "Where is it?\nAnd when?"
    assert found.turn_id == "trn_1"


@pytest.mark.parametrize(
    ("messages", "conversation", "expected"),
    [
        ((Language.KO,), Language.DE, Language.KO),
        ((Language.KO, None), Language.DE, Language.KO),
        ((Language.KO, Language.JA), Language.DE, Language.JA),
        ((None,), Language.DE, Language.DE),
        ((None,), None, Language.EN),
    ],
)
def test_the_language_is_the_latest_that_is_known(
    messages: tuple[Language | None, ...], conversation: Language | None, expected: Language
) -> None:
    events = [wrote(name=str(number), language=language) for number, language in enumerate(messages)]

    assert context(*events, language=conversation).language is expected


def test_the_assistants_last_message_tells_what_is_awaited() -> None:
    found = context(wrote(name="0"), posted(awaiting=AWAITING), SETTLED, wrote("RI-10001"))

    assert found.awaiting == AWAITING
    assert not found.offered


def test_an_older_question_is_no_longer_awaited() -> None:
    found = context(
        posted(awaiting=AWAITING), SETTLED, posted(offers=(ev.Offer("a", "A"),)), SETTLED, wrote()
    )

    assert found.awaiting is None
    assert (found.offered, found.offers_in_a_row) == (("a",), 1)


def test_offers_in_a_row_are_counted_and_a_person_is_no_entry() -> None:
    offers = posted(offers=(ev.Offer("a", "A"), ev.Offer(ev.PERSON_OFFER, "Person")))

    found = context(offers, SETTLED, posted(), SETTLED, offers, SETTLED, offers, SETTLED, wrote())

    assert (found.offered, found.offers_in_a_row) == (("a",), 2)


def test_nothing_is_awaited_after_a_handback() -> None:
    returned = ev.HandoffReturned(handoff_id=None, teammate=LIN)

    found = context(posted(awaiting=AWAITING), SETTLED, returned, wrote())

    assert found.awaiting is None


def test_every_scope_keeps_the_subject_that_was_proven_for_it() -> None:
    found = context(verified("RI-1", "mira"), verified("RI-2", "harry"), FAILED_PROOF, wrote())

    assert found.proven == {"RI-1": "mira", "RI-2": "harry"}
    assert (found.verification, found.failed_proofs) == (Verification.MATCHED, 1)


@pytest.mark.parametrize(("subject", "expected"), [("mira", Verification.SIGNED), ("", Verification.NONE)])
def test_a_signature_is_worth_more_than_a_proof(subject: str, expected: Verification) -> None:
    assert context(wrote(), subject=subject).verification is expected


def test_the_choice_is_the_last_one_but_a_wish_for_a_person_stays() -> None:
    changed = context(wrote(choice="hours"), wrote(name="2", choice="returns"))
    person = context(wrote(choice=ev.PERSON_OFFER), wrote(name="2"))

    assert changed.choice == "returns"
    assert person.choice == ev.PERSON_OFFER


@pytest.mark.parametrize(
    ("text", "choice", "reason"),
    [
        ("Where is it?", "", None),
        ("Bitte verbinden Sie mich mit einem Mitarbeiter", "", HandoffReason.ASKED_FOR),
        ("can I speak to a human please", "", HandoffReason.ASKED_FOR),
        ("转人工", "", HandoffReason.ASKED_FOR),
        ("オペレーターにつないでください", "", HandoffReason.ASKED_FOR),
        ("사람과 이야기하고 싶어요", "", HandoffReason.ASKED_FOR),
        ("None of these", ev.PERSON_OFFER, HandoffReason.ASKED_FOR),
        ("Ich will mich umbringen", "", HandoffReason.SAFETY),
        ("I will sue you", ev.PERSON_OFFER, HandoffReason.SAFETY),
    ],
)
def test_danger_comes_first_and_then_the_wish_for_a_person(
    text: str, choice: str, reason: HandoffReason | None
) -> None:
    route = choose(context(wrote(text, choice=choice)))

    assert route.handoff is reason
    assert (route.kind is ev.RouteKind.LOCAL) is (reason is None)


def test_a_wish_for_a_person_is_understood_in_another_language_than_the_conversations() -> None:
    route = choose(context(wrote("I want to talk to a human"), language=Language.ZH))

    assert route.handoff is HandoffReason.ASKED_FOR
