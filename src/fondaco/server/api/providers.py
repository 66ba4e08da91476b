"""Models: how each of them stands, and steering them by hand."""

from __future__ import annotations

import msgspec

from fondaco.domain.access import Scope
from fondaco.domain.errors import NotFound
from fondaco.kit.breaker import Mode
from fondaco.llm.overview import Overview, ProviderView
from fondaco.server.access import KeyWith
from fondaco.server.operation import AnyCall, Call, Nothing, Operation
from fondaco.server.parts import WorkspaceModels


class ModeBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who decides: the breakers (auto), or somebody who forbids (open) or allows (closed) every attempt."""

    mode: Mode


async def list_providers(call: Call[Nothing, Nothing]) -> Overview:
    """Return how every model stands; nothing where none is configured."""
    models = _models(call)
    if models is None:
        return Overview(items=[], left_out=[])
    return models.overseer.overview(call.parts.clock.now_ms())


async def steer_provider(call: Call[Nothing, ModeBody]) -> ProviderView:
    """Forbid a model, allow it, or leave it to its breakers again."""
    name, mode, models = call.path["target"], call.body.mode, _models(call)
    view = None if models is None else models.overseer.force(name, mode, call.parts.clock.now_ms())
    if view is None:
        raise NotFound(f"No chain has a model of the name {name}.", field="target")
    call.parts.log.warning("model_steered", target=name, mode=mode.value, by=call.key.id)
    return view


def _models(call: AnyCall) -> WorkspaceModels | None:
    """Return the models of the key's workspace."""
    models = call.parts.models
    return models if models is not None and models.workspace_id == call.workspace_id else None


OPERATIONS = (
    Operation(
        name="list_providers",
        method="GET",
        path="/v1/providers",
        summary="List the models that are asked: state, limits, price, and what was left out",
        access=KeyWith(Scope.METRICS_READ),
        handler=list_providers,
        query=Nothing,
        body=Nothing,
        answer=Overview,
    ),
    Operation(
        name="steer_provider",
        method="POST",
        path="/v1/providers/{target}",
        summary="Forbid a model, allow it whatever happens, or leave it to its breakers again",
        access=KeyWith(Scope.PROVIDERS_WRITE),
        handler=steer_provider,
        query=Nothing,
        body=ModeBody,
        answer=ProviderView,
        errors=(NotFound,),
    ),
)
