"""The libraries that fondaco is compared with, each as its own documentation asks with it.

They are imported by name, since fondaco does not depend on them: ``make bench-llm`` sets up an environment.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from typing import Any

from fondaco.lab.llm_work import MAX_TOKENS, MODEL, PATIENCE_SECONDS, QUESTION, SYSTEM, Asks, Heard

_KEY = "opens-nothing"
_MESSAGES = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": QUESTION}]
_HABITS = {"max_tokens": MAX_TOKENS, "temperature": 0.2}
#: No library may call home while it is measured.
QUIET = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LANGSMITH_TRACING": "false",
    "OPENAI_AGENTS_DISABLE_TRACING": "1",
    "OPENAI_API_KEY": _KEY,
}


class Sdk:
    """The OpenAI SDK."""

    def __init__(self, base_url: str) -> None:
        sdk = import_module("openai")
        self.client: Any = sdk.AsyncOpenAI(base_url=base_url, api_key=_KEY, timeout=PATIENCE_SECONDS)

    async def ask(self, *, stream: bool, heard: Heard) -> str:
        create = self.client.chat.completions.create
        if not stream:
            answer = await create(model=MODEL, messages=_MESSAGES, **_HABITS)
            return str(answer.choices[0].message.content)
        options = {"include_usage": True}
        events = await create(model=MODEL, messages=_MESSAGES, stream=True, stream_options=options, **_HABITS)
        return await _gathered(events, heard)

    async def close(self) -> None:
        await self.client.close()


class LiteLlm:
    """LiteLLM behind its router, with one deployment."""

    def __init__(self, base_url: str) -> None:
        library: Any = import_module("litellm")
        library.telemetry = False
        library.suppress_debug_info = True
        deployment = {"model": f"openai/{MODEL}", "api_base": base_url, "api_key": _KEY}
        self._router: Any = library.Router(
            model_list=[{"model_name": MODEL, "litellm_params": deployment}], timeout=PATIENCE_SECONDS
        )

    async def ask(self, *, stream: bool, heard: Heard) -> str:
        if not stream:
            answer = await self._router.acompletion(model=MODEL, messages=_MESSAGES, **_HABITS)
            return str(answer.choices[0].message.content)
        options = {"include_usage": True}
        events = await self._router.acompletion(
            model=MODEL, messages=_MESSAGES, stream=True, stream_options=options, **_HABITS
        )
        return await _gathered(events, heard)

    async def close(self) -> None:
        """It has nothing of its own to close."""


class PydanticAi:
    """pydantic-ai."""

    def __init__(self, base_url: str) -> None:
        library = import_module("pydantic_ai")
        models = import_module("pydantic_ai.models.openai")
        providers = import_module("pydantic_ai.providers.openai")
        self._sdk = Sdk(base_url)
        provider = providers.OpenAIProvider(openai_client=self._sdk.client)
        model = models.OpenAIChatModel(MODEL, provider=provider)
        self._asker: Any = library.Agent(model, instructions=SYSTEM, model_settings=_HABITS)

    async def ask(self, *, stream: bool, heard: Heard) -> str:
        if not stream:
            return str((await self._asker.run(QUESTION)).output)
        texts = []
        async with self._asker.run_stream(QUESTION) as answer:
            async for text in answer.stream_text(delta=True, debounce_by=None):
                texts.append(text)
                heard()
        return "".join(texts)

    async def close(self) -> None:
        await self._sdk.close()


class OpenAiAgents:
    """openai-agents, tracing off."""

    def __init__(self, base_url: str) -> None:
        library = import_module("agents")
        library.set_tracing_disabled(True)
        self._sdk = Sdk(base_url)
        model = library.OpenAIChatCompletionsModel(model=MODEL, openai_client=self._sdk.client)
        settings = library.ModelSettings(include_usage=True, **_HABITS)
        self.asker: Any = library.Agent(
            name="bench", instructions=SYSTEM, model=model, model_settings=settings
        )
        self.runner: Any = library.Runner

    async def ask(self, *, stream: bool, heard: Heard) -> str:
        if not stream:
            return str((await self.runner.run(self.asker, QUESTION)).final_output)
        answer = self.runner.run_streamed(self.asker, QUESTION)
        async for event in answer.stream_events():
            if event.type == "raw_response_event" and event.data.type == "response.output_text.delta":
                heard()
        return str(answer.final_output)

    async def close(self) -> None:
        await self._sdk.close()


class LangChain:
    """LangChain with langchain-openai."""

    def __init__(self, base_url: str) -> None:
        self.model: Any = import_module("langchain_openai").ChatOpenAI(
            model=MODEL,
            base_url=base_url,
            api_key=_KEY,
            timeout=PATIENCE_SECONDS,
            stream_usage=True,
            **_HABITS,
        )
        self._messages = [("system", SYSTEM), ("human", QUESTION)]

    async def ask(self, *, stream: bool, heard: Heard) -> str:
        if not stream:
            return str((await self.model.ainvoke(self._messages)).content)
        texts = []
        async for piece in self.model.astream(self._messages):
            texts.append(str(piece.content))
            heard()
        return "".join(texts)

    async def close(self) -> None:
        """It has nothing of its own to close."""


async def _gathered(events: Any, heard: Heard) -> str:
    texts = []
    async for event in events:
        if event.choices and event.choices[0].delta.content:
            texts.append(event.choices[0].delta.content)
            heard()
    return "".join(texts)


#: By the name that figures have.
PEERS: dict[str, Callable[[str], Asks]] = {
    "OpenAI SDK": Sdk,
    "LiteLLM": LiteLlm,
    "pydantic-ai": PydanticAi,
    "openai-agents": OpenAiAgents,
    "LangChain": LangChain,
}
#: Which module has to be there, and what it is called when it is installed.
LIBRARIES = {
    "OpenAI SDK": ("openai", "openai"),
    "LiteLLM": ("litellm", "litellm"),
    "pydantic-ai": ("pydantic_ai", "pydantic-ai-slim"),
    "openai-agents": ("agents", "openai-agents"),
    "LangChain": ("langchain_openai", "langchain-openai"),
    "LangGraph": ("langgraph", "langgraph"),
}


def keep_quiet() -> None:
    """Tell every library to keep to this machine; before any of them is imported."""
    os.environ.update(QUIET)
