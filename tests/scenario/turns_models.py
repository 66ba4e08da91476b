"""Shops in which models say what a test tells them to."""

from __future__ import annotations

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.articles import Article
from fondaco.domain.errors import ModelError
from fondaco.domain.ids import TurnId
from fondaco.domain.turns import Step, Work
from fondaco.engine import Turn
from fondaco.llm.asking import Prompt, Reply, ToolAnswered
from fondaco.testing.scripted_models import ScriptedModels, wishing
from tests.scenario.turns_house import ARTICLES, Setting, Talk, talk

CHEAP, STRONG = ev.RouteKind.CHEAP, ev.RouteKind.STRONG
RETURNS = "How long may I send back what I bought?"
YES = "You may send it back within 30 days."
LOOK = wishing("order", {"order_number": "RI-10001"}, wish_id="wish_2")
MINE = "Where is my order RI-10001? My postcode is 10115."


class Journal:
    """A turn's journal that outlives the worker."""

    def __init__(self) -> None:
        self.steps: dict[str, Step] = {}

    def find(self, turn_id: TurnId, key: str) -> Step | None:
        return self.steps.get(key)

    async def write(self, step: Step) -> None:
        self.steps[step.key] = step

    def say(self, **data: object) -> None:
        """Change what every step of a model says."""
        self.steps = {
            key: msgspec.structs.replace(step, data=step.data | data) for key, step in self.steps.items()
        }


async def shop_with(
    *answers: str | Reply | ModelError, articles: tuple[Article, ...] = ARTICLES
) -> tuple[Talk, ScriptedModels]:
    models = ScriptedModels(*answers)
    return await talk(Setting(models={CHEAP: models}, articles=articles)), models


async def waiting(text: str, models: ScriptedModels) -> tuple[Turn, Work]:
    """Return a turn and the work that waits for it."""
    shop = await talk(Setting(models={CHEAP: models}))
    await shop.write(text)
    [lease] = await shop.claim()
    work = await shop.store.read_work(lease)
    assert work is not None
    return shop.turn, work


def guess(proof: str) -> Reply:
    return wishing("identify", {"order_number": "RI-10001", "proof": proof})


def prompt(models: ScriptedModels, place: int = -1) -> Prompt:
    return models.asked[place].prompt


def told(models: ScriptedModels, place: int = -1) -> str:
    """Return the last thing that a model was told."""
    last = prompt(models, place).history[-1]
    return last.content if isinstance(last, ToolAnswered) else last.text
