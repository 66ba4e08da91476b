"""A small shop's articles, for the tests of the index."""

from __future__ import annotations

from fondaco.domain.articles import Article
from fondaco.domain.ids import ArticleId, WorkspaceId
from fondaco.kit.language import Language


def stored(
    key: str,
    *questions: str,
    language: Language = Language.EN,
    body: str = "",
    title: str = "",
    rules: tuple[str, ...] = (),
) -> Article:
    return Article(
        id=ArticleId(f"art_{key}_{language}"),
        workspace_id=WorkspaceId("wsp_test"),
        key=key,
        language=language,
        title=title,
        body=body or f"the answer of {key}",
        questions=questions,
        rules=rules,
    )


SHOP = (
    stored(
        "returns",
        "How do I return an item?",
        "Can I send something back?",
        "What is your return policy?",
        body="You may return within 30 days.",
    ),
    stored(
        "returns",
        "Wie kann ich etwas zurückschicken?",
        language=Language.DE,
        body="Rückgabe innerhalb von 30 Tagen.",
    ),
    stored(
        "shipping",
        "How long does shipping take?",
        "When will my parcel arrive?",
        "How fast is delivery?",
        body="Two to three days.",
    ),
    stored(
        "payment", "Which payment methods do you accept?", "Can I pay by PayPal?", body="Card and PayPal."
    ),
    stored("warranty", "How long is the warranty?", "Is there a guarantee?", body="Two years."),
    stored(
        "workshop",
        title="Our workshop",
        body="Our workshop stands beside the harbour crane.\n\n"
        "The frames are welded from recycled aluminium cans.",
    ),
)
