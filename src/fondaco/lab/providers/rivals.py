"""The two clients that the guide compares, rebuilt from what it says of them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import msgspec

from fondaco.kit.chance import Chance
from fondaco.kit.clock import Clock
from fondaco.kit.http import HttpClient, HttpFault
from fondaco.lab.providers.asking import prompt_of
from fondaco.llm.asking import Said

_WINDOW_MS = 1_000.0
_TOO_MANY = 429


@dataclass(frozen=True, slots=True)
class NaiveClient:
    """Sends every request as it comes and takes what comes back: no limit, no second try."""

    http: HttpClient
    url: str
    key: str

    async def answered(self, number: int) -> bool:
        """Return whether there was an answer."""
        return await self.status(number) == 200

    async def status(self, number: int) -> int:
        """Return the status of one request; 0 where there was none."""
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        try:
            answer = await self.http.request(
                "POST",
                f"{self.url}/chat/completions",
                headers=headers,
                body=_body(number),
                timeout_seconds=30,
            )
        except HttpFault:
            return 0
        return answer.status


@dataclass(frozen=True, slots=True)
class GuideClient:
    """The guide's remedy: a window of 100 answers a second, and waits by chance after a 429, for ever.

    A full window costs a tenth of a second, once.  The waits are 1 to 3 s, doubled up to three times.
    """

    one: NaiveClient
    clock: Clock
    chance: Chance
    in_window: int = 100
    pause_seconds: float = 0.1
    _answers_ms: deque[float] = field(default_factory=deque)

    async def answered(self, number: int) -> bool:
        """Return whether there was an answer in the end."""
        while True:
            await self._throttle()
            status = await self.one.status(number)
            if status != _TOO_MANY:
                self._answers_ms.append(self.clock.monotonic_ms())
                return status == 200
            base_seconds = 1 + 2 * self.chance.fraction()
            await self.clock.sleep(base_seconds * 2 ** int(4 * self.chance.fraction()))

    async def _throttle(self) -> None:
        now_ms = self.clock.monotonic_ms()
        while self._answers_ms and now_ms - self._answers_ms[0] >= _WINDOW_MS:
            self._answers_ms.popleft()
        if len(self._answers_ms) >= self.in_window:
            await self.clock.sleep(self.pause_seconds)


def _body(number: int) -> bytes:
    prompt = prompt_of(number)
    said = [entry.text for entry in prompt.history if isinstance(entry, Said)]
    messages = [{"role": "system", "content": prompt.system}]
    messages += [{"role": "user", "content": text} for text in said]
    return msgspec.json.encode({"model": "deepseek-v3.2", "messages": messages, "max_tokens": 300})
