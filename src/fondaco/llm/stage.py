"""Where the attempts of one try speak: the first to make progress has the word, and keeps it."""

from __future__ import annotations

import asyncio

from fondaco.llm.answering import Listener
from fondaco.llm.asking import Progress, TextCame


class Stage:
    """Passes on to the listener what one speaker says, and takes it back when that speaker fails."""

    def __init__(self, listener: Listener | None) -> None:
        self._listener = listener
        self._heard = False
        self.speaker: object | None = None
        self.spoken = asyncio.Event()  #: set at the first progress of anybody

    async def hear(self, speaker: object, progress: Progress) -> None:
        """Take one piece of progress; whoever comes second is not listened to."""
        if self.speaker is None:
            self.speaker = speaker
            self.spoken.set()
        if self.speaker is speaker and self._listener is not None and isinstance(progress, TextCame):
            self._heard = True
            await self._listener.heard(progress.text)

    async def failed(self, speaker: object) -> None:
        """Take back what this speaker said, so that another can begin from the start."""
        if self.speaker is not speaker:
            return
        self.speaker = None
        self.spoken.clear()
        if self._heard and self._listener is not None:
            self._heard = False
            await self._listener.retracted()
