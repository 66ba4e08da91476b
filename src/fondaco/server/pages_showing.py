"""What all pages share: files, templates, words, and how an error is told to a person."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp

from fondaco.domain.errors import FondacoError
from fondaco.kit.language import Language
from fondaco.server.answer import Answer
from fondaco.server.page import Visit
from fondaco.server.pages_assets import Assets
from fondaco.server.pages_templates import Templates
from fondaco.server.pages_words import Words, language_of
from fondaco.server.problem import problem_of
from fondaco.server.telemetry import observed_in

Handler = Callable[[Visit], Awaitable[ASGIApp]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """Files, templates and words."""

    assets: Assets
    templates: Templates
    words: Mapping[Language, Words]

    def words_for(self, visit: Visit) -> Words:
        """Return the words of the language that this browser asks for, or that the address names."""
        chosen = visit.request.query_params.get("language", "")
        return self.words[language_of(headers_of(visit), chosen)]

    def page(self, visit: Visit, name: str, **values: Any) -> Answer:
        """Return a page in the visit's language."""
        say = self.words_for(visit)
        return self.templates.page(name, say=say, language=say.language.value, **values)

    def kindly(self, handler: Handler) -> Handler:
        """Wrap a handler so that a person is told of an error by a page and a script by a problem."""

        async def tell(visit: Visit) -> ASGIApp:
            try:
                return await handler(visit)
            except FondacoError as error:
                if not wants_page(visit):
                    raise
                observed_in(visit.request.scope).error = error
                problem = problem_of(error, visit.request.url.path)
                return self.page(visit, "error.html", status=problem.status, problem=problem)

        return tell


def headers_of(visit: Visit) -> dict[bytes, bytes]:
    """Return the request's headers."""
    return dict(visit.request.scope["headers"])


def wants_page(visit: Visit) -> bool:
    """Whether a person reads the answer."""
    return b"text/html" in headers_of(visit).get(b"accept", b"")


def see_other(address: str) -> Answer:
    """Send a browser on after a form was taken."""
    return Answer(status=303, headers=((b"location", address.encode()),))
