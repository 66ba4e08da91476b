"""What a contact is told who writes on before anybody of the team has come: at once, later now and then."""

from __future__ import annotations

from fondaco.domain import events as ev
from fondaco.domain.hours import Hours, promise
from fondaco.domain.ids import MessageId
from fondaco.domain.people import SYSTEM
from fondaco.domain.turns import Work
from fondaco.engine.handover import Shop
from fondaco.engine.phrasebook import phrases
from fondaco.engine.writing import write_time
from fondaco.kit.language import Language

_AGAIN_MS = 10 * 60_000  # so long after the last notice a contact may believe to be forgotten


def notice(work: Work, shop: Shop, now_ms: int) -> ev.MessagePosted | None:
    """Return the notice; None where it was given lately, or where nobody asked for a person."""
    events = [record.event for record in work.records]
    asked = [event for event in events if isinstance(event, ev.HandoffRequested)]
    if not asked:
        return None
    name = "msg_" + asked[-1].handoff_id.removeprefix("hof_") + "_w"
    given = [record.at_ms for record in work.records if _is_named(record.event, name)]
    if given and now_ms - given[-1] < _AGAIN_MS:
        return None
    message_id = MessageId(f"{name}{len(given) + 1}" if given else name)
    language = work.conversation.language or shop.language
    return ev.MessagePosted(
        message_id=message_id,
        author=SYSTEM,
        text=_text(asked[-1].promised_at_ms, shop.hours, now_ms, language),
        language=language,
        answers=False,
    )


def _is_named(event: ev.Event, name: str) -> bool:
    return isinstance(event, ev.MessagePosted) and event.message_id.startswith(name)


def _text(promised_at_ms: int | None, hours: Hours, now_ms: int, language: Language) -> str:
    """Return the sentence with the time that was promised; a promise that has run out is not made again."""
    words = phrases(language)
    if promised_at_ms is None or promised_at_ms <= now_ms:
        return words.say("waiting_noted_unpromised")
    time = write_time(promised_at_ms, hours.timezone, now_ms, language)
    current = promise(hours, now_ms)
    opens_then = not current.open_now and current.at_ms == promised_at_ms
    return words.say("waiting_noted_closed" if opens_then else "waiting_noted", promised=time, opens=time)
