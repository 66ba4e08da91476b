"""A trial calls what only looks something up, with the operator's examples."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from fondaco.domain.errors import InvalidInput, ToolFailed
from fondaco.domain.tools import Effect, FieldKind, ToolSpec
from fondaco.kit.chance import SeededChance
from fondaco.testing.clock import FakeClock
from fondaco.tools import Toolbox
from fondaco.tools.trial import Trial, Trials
from tests.unit.tools.toolkit import NUMBER, SUBJECT, Scripted, scripted, spec

EXAMPLE = {"number": "7"}


def declared(*examples: dict[str, Any], **more: Any) -> ToolSpec:
    promised = spec(NUMBER, SUBJECT, attempts=1)
    return structs.replace(promised, examples=examples, fields={"state": FieldKind.TEXT}, **more)


async def tried(tool: Scripted) -> list[Trial]:
    trials = Trials(Toolbox((tool,)), FakeClock(auto=True), SeededChance(1))
    return [one for found in trials.tools() for one in await trials.run(found)]


async def test_an_example_is_called_with_a_stand_in_for_what_the_server_binds() -> None:
    tool = scripted(declared(EXAMPLE, {"number": "8", "subject": "mira"}), {"state": "sent"}, {"state": "x"})

    trials = await tried(tool)

    assert tool.calls == [{"number": "7", "subject": "subject"}, {"number": "8", "subject": "mira"}]
    assert [(one.example, one.passed, one.fields) for one in trials] == [
        (1, True, ("state",)),
        (2, True, ("state",)),
    ]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (ToolFailed("parcel: status 500"), "parcel: status 500"),
        ({"found": False}, "it knows nothing of this example"),
        ({"other": 1}, "the result lacks state, which slots may name"),
    ],
)
async def test_what_a_turn_could_not_use_has_failed(answer: Any, why: str) -> None:
    [trial] = await tried(scripted(declared(EXAMPLE), answer))

    assert (trial.passed, trial.why) == (False, why)


async def test_an_example_that_is_wrong_calls_nobody() -> None:
    tool = scripted(declared({}))

    [trial] = await tried(tool)

    assert (trial.passed, tool.calls) == (False, [])
    assert "needs number" in trial.why


async def test_what_changes_something_is_never_tried() -> None:
    tool = scripted(declared(EXAMPLE, effect=Effect.WRITE))
    trials = Trials(Toolbox((tool,)), FakeClock(), SeededChance(1))

    with pytest.raises(InvalidInput, match="parcel changes something"):
        trials.tools("parcel")

    assert trials.tools() == []
