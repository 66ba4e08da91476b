"""Keeps a history as the planner says, and watches that it never costs more than telling everything."""

from __future__ import annotations

from collections.abc import Sequence

from fondaco.memory.bills.history import Asked, History
from fondaco.memory.bills.policies import Window
from fondaco.memory.bills.prefixes import Prefixes, Read
from fondaco.memory.cutting import Cut
from fondaco.memory.planning.planner import Aim, Plan, Talk, plan
from fondaco.memory.planning.rules import Sizes, affordable_tokens, surely_pays
from fondaco.memory.planning.sheets import PriceSheet
from fondaco.memory.strategies import APPEND, STRATEGIES


class Savings:
    """What was saved so far against telling everything, in 10⁻¹² of the currency, as the sheet reckons."""

    def __init__(self, everything: Window, prefixes: Prefixes, sheet: PriceSheet) -> None:
        self._everything = everything
        self._prefixes = prefixes
        self._sheet = sheet
        self.pico = 0

    def add(self, asked: Asked, reads: Sequence[Read]) -> None:
        """Set prompts beside the one that would have told everything."""
        whole = [self._prefixes.read(parts) for parts in self._everything.lay_out(asked)]
        self.pico += sum(map(self._cost, whole)) - sum(map(self._cost, reads))

    def _cost(self, read: Read) -> int:
        return (read.total - read.found) * self._sheet.new_pico + read.found * self._sheet.again_pico


class Planned(Window):
    """Cuts where the plan says and the cut surely pays; recalls no more than what was saved."""

    def __init__(
        self, name: str, history: History, sheet: PriceSheet, talk: Talk, aim: Aim, *, by_tool: bool = True
    ) -> None:
        self._sheet = sheet
        self.plan: Plan = plan(sheet, talk, aim)
        super().__init__(name, history, STRATEGIES[self.plan.strategy], self.plan.marks, by_tool=by_tool)
        whole = Window("everything", history, APPEND, self.plan.marks)
        prefixes = Prefixes(sheet.habit, [atom.tokens for atom in history.atoms])
        self.savings = Savings(whole, prefixes, sheet)

    def wanted(self, asked: Asked) -> Cut | None:
        """Return the cut that the plan wants, if it surely pays or the model's limit forces it."""
        cut = super().wanted(asked)
        if cut is None or self.window_tokens(asked) > self.marks.most_tokens:
            return cut
        sizes = Sizes(
            head_tokens=self.head_tokens,
            kept_tokens=cut.kept_tokens,
            hidden_tokens=self.hidden_tokens + cut.hidden_tokens,
        )
        return cut if surely_pays(self._sheet, sizes) else None

    def recalled(self, asked: Asked) -> int:
        """Return how many tokens come back: what is needed, as far as savings allow."""
        window = self.window_tokens(asked)
        sizes = Sizes(head_tokens=self.head_tokens, kept_tokens=window, hidden_tokens=self.hidden_tokens)
        asked_tokens = self.told_tokens(asked) if self.by_tool else 0
        affordable = affordable_tokens(self._sheet, sizes, self.savings.pico, asked_tokens)
        return self.plan.recall_tokens(self.hidden_tokens, affordable)

    def learn(self, asked: Asked, reads: Sequence[Read]) -> None:
        """Add up what is saved."""
        self.savings.add(asked, reads)
