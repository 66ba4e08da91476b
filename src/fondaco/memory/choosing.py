"""Says for an episode how its history is kept: as the operator wrote, or as the models' prices say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from fondaco.domain.events import Recorded
from fondaco.llm.targets import Target
from fondaco.memory.bills.saving import saved_pico
from fondaco.memory.options import MemoryOptions, RecallWay, StrategyChoice
from fondaco.memory.planning.planner import Aim, Plan, Talk, plan
from fondaco.memory.planning.rules import PER_MILLE, Sizes, affordable_tokens, surely_pays
from fondaco.memory.planning.sheets import PriceSheet
from fondaco.memory.strategies import Marks, StrategyName

Sheets = Callable[[Target], PriceSheet | None]
Lengths = Callable[[], Mapping[int, int]]  #: how many earlier episodes ended after how many requests


class Chooser:
    """Chooses once for an episode; the choice goes on the log."""

    def __init__(
        self, options: MemoryOptions, sheets: Sheets | None = None, lengths: Lengths | None = None
    ) -> None:
        self.options = options
        self._sheets = sheets or (lambda _: None)
        self._lengths = lengths or dict

    def choose(self, targets: Sequence[Target], talk: Talk, most_tokens: int) -> Plan:
        """Return how the history is kept for these models, of which the first is asked first."""
        if self.options.strategy is not StrategyChoice.AUTO:
            name = StrategyName(self.options.strategy.value)
            return self._plan(name, self._marks(most_tokens), "The settings say so.")
        sheet = self._sheets(targets[0]) if targets else None
        if sheet is None:
            return self._plan(StrategyName.APPEND, self._marks(most_tokens), "No price is known.")
        talk = msgspec.structs.replace(talk, lengths=self._lengths())
        return plan(sheet, talk, Aim(recall_per_mille=round(PER_MILLE * self.options.recall_share)))

    def pays(self, targets: Sequence[Target], sizes: Sizes) -> bool:
        """Return whether a cut that nothing forces never makes the bill higher than telling everything.

        A strategy of the settings cuts as it says.
        """
        sheet = self._sheets(targets[0]) if targets else None
        if self.options.strategy is not StrategyChoice.AUTO or sheet is None:
            return True
        return surely_pays(sheet, sizes)

    def affordable(self, targets: Sequence[Target], records: Iterable[Recorded], sizes: Sizes) -> int | None:
        """Return how many hidden tokens may come back for what hiding has saved; None: as many as one likes.

        A strategy of the settings brings back what it says, whatever that costs.
        """
        sheet = self._sheets(targets[0]) if targets else None
        if self.options.strategy is not StrategyChoice.AUTO or sheet is None:
            return None
        asked_tokens = sizes.head_tokens + sizes.kept_tokens
        return affordable_tokens(sheet, sizes, saved_pico(records, sheet), asked_tokens)

    def still_holds(self, strategy: str) -> bool:
        """Return whether a strategy that was chosen before is what the settings want now."""
        return self.options.strategy.value in (StrategyChoice.AUTO.value, strategy)

    def way_of_recall(self, targets: Sequence[Target], *, is_named: bool = False) -> RecallWay:
        """Return how hidden words come back with these models.

        A shop's own tool of that name (``is_named``) leaves the gate.
        """
        takes_tools = not is_named and bool(targets) and all(target.profile.tools for target in targets)
        match self.options.recall:
            case RecallWay.AUTO | RecallWay.TOOL:
                return RecallWay.TOOL if takes_tools else RecallWay.GATE
            case way:
                return way

    def _marks(self, most_tokens: int) -> Marks:
        options = self.options
        return Marks(high_tokens=options.high_tokens, low_tokens=options.low_tokens, most_tokens=most_tokens)

    @staticmethod
    def _plan(strategy: StrategyName, marks: Marks, why: str) -> Plan:
        return Plan(strategy=strategy, marks=marks, recall=True, recall_per_mille=0, why=why)
