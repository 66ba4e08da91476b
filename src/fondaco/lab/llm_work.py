"""The work that every library is given, so that only the libraries differ.

It needs nothing but the standard library: interpreters that know fondaco only by its path read it too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

SEED = 7
MODEL = "deepseek-v3.2"
MODEL_MS = 47.0  #: until the first token, and until a whole answer
EVENTS = 30  #: in a streamed answer
EVENT_MS = 2.0  #: between two of them
TOKENS_AN_EVENT = 4
MAX_TOKENS = 600
LANES = (1, 100, 1_000)  #: how many calls are under way at once
OPEN_STREAMS = 1_000
PATIENCE_SECONDS = 600.0

SYSTEM = (
    "You answer people who write to a shop for tea and tea ware. Facts come only from what stands below; "
    "copy names and rules as they are written, and never promise what nobody has done. "
) + " ".join(
    f"Rule {name}: {rule}"
    for name, rule in (
        (
            "of delivery",
            "parcels leave the warehouse on the next working day, and a note with the way goes out.",
        ),
        (
            "of returns",
            "whatever is unopened comes back within a month, and the money follows after the check.",
        ),
        (
            "of warranty",
            "a pot that cracks by itself is replaced; one that was dropped is not, but is repaired.",
        ),
        (
            "of gifts",
            "a card is free, the wrapping is not, and no bill lies in the parcel that the person gets.",
        ),
        ("of storage", "green tea stays cool and dark, black tea dry, and both of them away from spices."),
        (
            "of payment",
            "cards, transfers and cash at the door are taken; nothing is charged before it leaves.",
        ),
        (
            "of complaints",
            "nobody argues; whoever is unhappy is asked what would help, and a person decides.",
        ),
        (
            "of brewing",
            "water that has boiled and rested, leaves in abundance, and less time than one thinks.",
        ),
        (
            "of wholesale",
            "cafés write to their own address, have their own list, and pay after the delivery.",
        ),
        (
            "of privacy",
            "who has not proven who they are is told nothing of any order, however kindly they ask.",
        ),
        ("of language", "the answer is in the language of the question, in plain text, short and friendly."),
        ("of doubt", "what is not written here is not known; then a person of the shop goes on with it."),
    )
)
QUESTION = (
    "Hello, I have bought a pot from you for my mother, and she tells me that the lid does not sit well. "
    "It is not broken, it only wobbles a little when she pours. Could you tell me what I should do now, and "
    "whether it has to be sent back in its own box, which I fear has already been thrown away? She would "
    "rather keep the pot if there is another lid for it."
)
#: What the model says: nothing that would have to be proven, in exactly ``EVENTS`` events.
ANSWER = (
    "Thank you for writing, and I am sorry that the lid does not sit as it should. Please keep the pot: a "
    "lid that wobbles can be replaced by itself. A teammate will look for one that fits and write "
    "to you here. You need not send anything back for that, and the box does not matter. If no such lid is "
    "to be found, the pot can still come back within a month, as long as it is wrapped well. Is there "
    "anything else that your mother would like to have looked at?"
).ljust(EVENTS * TOKENS_AN_EVENT * 4, ".")[: EVENTS * TOKENS_AN_EVENT * 4]

Heard = Callable[[], None]


class Asks(Protocol):
    """One library, ready to ask."""

    async def ask(self, *, stream: bool, heard: Heard) -> str:
        """Ask once and return the text; ``heard`` is called at every piece of a streamed answer."""
        ...

    async def close(self) -> None:
        """Let go of every connection."""
        ...
