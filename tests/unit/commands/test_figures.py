"""What the report counts, and what it does not."""

from __future__ import annotations

from fondaco.commands.figures import Figures, count, figures_of
from fondaco.domain import events as ev
from fondaco.domain.handoffs import HandoffReason
from fondaco.domain.ids import EpisodeId, HandoffId, MessageId, TurnId
from fondaco.domain.people import ASSISTANT, SYSTEM, Author, AuthorKind

MIRA = Author(AuthorKind.TEAMMATE, "tm_1", "Mira")


CITED = (ev.Citation("art_1", "faq#shipping", "Shipping"),)


def posted(author: Author) -> ev.MessagePosted:
    """Return a reply that cites an article."""
    return ev.MessagePosted(message_id=MessageId("msg_1"), author=author, text="Yes.", citations=CITED)


def episode(name: str, *events: ev.Event, at_ms: int = 1_000) -> list[ev.Recorded]:
    """Return an episode in which a contact writes and then this happens."""
    episode_id = EpisodeId(name)
    opened = ev.EpisodeOpened(episode_id=episode_id)
    written = ev.MessageReceived(message_id=MessageId("msg_0"), text="Hello?")
    return [
        ev.Recorded(seq=seq, at_ms=at_ms, episode_id=episode_id, event=event)
        for seq, event in enumerate((opened, written, *events), 1)
    ]


def figures(*episodes: list[ev.Recorded]) -> Figures:
    counted = count(since_ms=500)
    for records in episodes:
        counted.add(records)
    return figures_of(counted)


def handoff(reason: HandoffReason) -> ev.HandoffRequested:
    return ev.HandoffRequested(
        handoff_id=HandoffId("hof_1"), reason=reason, team_id="general", promised_at_ms=None
    )


def test_an_episode_that_the_assistant_answers_alone_needs_no_person() -> None:
    told = figures(episode("a", posted(ASSISTANT), ev.EpisodeClosed(by=SYSTEM)))

    assert (told.episodes, told.without_person, told.closed) == (1, 1, 1)


def test_whoever_was_handed_over_or_answered_by_a_teammate_needed_a_person() -> None:
    handed_over = episode("a", posted(ASSISTANT), handoff(HandoffReason.ASKED_FOR))
    taken_over = episode("b", posted(ASSISTANT), posted(MIRA))

    told = figures(handed_over, taken_over)

    assert (told.episodes, told.without_person, told.with_handoff) == (2, 0, 1)
    assert told.handoffs == {"asked_for": 1}


def test_questions_greetings_and_offers_that_nobody_took_are_no_answers() -> None:
    offers = (ev.Offer("faq#returns", "Returns"), ev.Offer(ev.PERSON_OFFER, "A person"))
    offered = ev.MessagePosted(
        message_id=MessageId("msg_1"), author=ASSISTANT, text="Which of these?", offers=offers
    )
    asked_back = ev.MessagePosted(
        message_id=MessageId("msg_1"), author=ASSISTANT, text="Could you describe it in other words?"
    )

    told = figures(episode("a", offered), episode("b", asked_back), episode("c", offered, posted(ASSISTANT)))

    assert (told.episodes, told.without_person, told.from_assistant) == (3, 1, 4)


def test_a_rating_after_closing_counts_with_the_episode_that_it_follows() -> None:
    closed = episode("a", posted(ASSISTANT), ev.EpisodeClosed(by=SYSTEM))
    late = ev.Recorded(seq=9, at_ms=9_000, episode_id=None, event=ev.RatingGiven(stars=2))

    told = figures([*closed, late])

    assert (told.ratings, told.rating_mean) == (1, 2.0)


def test_a_rating_of_an_episode_from_before_is_left_out_though_it_is_new_itself() -> None:
    old = episode("old", posted(ASSISTANT), ev.EpisodeClosed(by=SYSTEM), at_ms=400)
    late = ev.Recorded(seq=9, at_ms=9_000, episode_id=None, event=ev.RatingGiven(stars=2))

    told = figures([*old, late], episode("new", posted(ASSISTANT)))

    assert (told.episodes, told.ratings) == (1, 0)


def test_an_episode_that_nobody_has_answered_yet_is_no_success() -> None:
    told = figures(episode("a"))

    assert (told.episodes, told.without_person, told.from_contacts) == (1, 0, 1)


def test_a_notice_of_the_system_is_no_answer() -> None:
    told = figures(episode("a", posted(SYSTEM)))

    assert (told.without_person, told.from_assistant) == (0, 0)


def test_episodes_from_before_are_left_out_with_all_that_is_in_them() -> None:
    told = figures(episode("old", posted(ASSISTANT), at_ms=400), episode("new", posted(ASSISTANT)))

    assert (told.episodes, told.from_assistant) == (1, 1)


def test_turns_ratings_and_stopped_answers_are_measured() -> None:
    turns = [
        ev.TurnSettled(turn_id=TurnId("trn_1"), outcome=ev.OutcomeKind.REPLY, duration_ms=duration)
        for duration in (10.0, 30.0, 20.0)
    ]
    judged = ev.VerdictGiven(turn_id=TurnId("trn_1"), passed=False, findings=("'9' is proven by nothing",))

    told = figures(episode("a", *turns, judged, ev.RatingGiven(stars=4), ev.RatingGiven(stars=5)))

    assert (told.turns, told.turn_median_ms, told.turn_p95_ms) == (3, 20.0, 30.0)
    assert (told.judged, told.stopped, told.ratings, told.rating_mean) == (1, 1, 2, 4.5)


def test_without_anything_the_report_is_empty_and_not_an_error() -> None:
    assert figures().turn_median_ms == 0
