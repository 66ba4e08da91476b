"""Whatever is planned, no conversation costs more than one in which everything is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from fondaco.llm.asking import Said, Speaker, ToolAnswered, ToolWish, Wished
from fondaco.llm.prices import Price, Rates
from fondaco.memory.atoms import Atom
from fondaco.memory.bills.history import Asked, History, history_of
from fondaco.memory.bills.planned import Planned
from fondaco.memory.bills.policies import Window
from fondaco.memory.bills.prefixes import Part, Piece, Read, joined
from fondaco.memory.bills.replaying import bill_of, replay
from fondaco.memory.planning.planner import Aim, Talk
from fondaco.memory.planning.sheets import CacheHabit, PriceSheet
from fondaco.memory.strategies import APPEND, Marks
from fondaco.testing.provider.cache import CacheRule, PrefixCache
from fondaco.testing.provider.script import Ask, WireName

_ENDLESS = 10**9
_KINDS = st.sampled_from(["contact", "shop", "tools"])


@st.composite
def sheets(draw: st.DrawFn, context_tokens: int = _ENDLESS) -> PriceSheet:
    """Any price list: cached tokens from free to the full price, writes up to twice as much."""
    full = draw(st.integers(1, 10**7))
    new = draw(st.integers(full, 2 * full))
    again = draw(st.integers(0, full))
    block = draw(st.sampled_from([1, 16, 64, 128, 500]))
    habit = CacheHabit(
        block_tokens=block,
        minimum_tokens=draw(st.integers(0, 4_096)),
    )
    rates = Rates(input=new, output=full, cache_read=again, cache_write_5m=new)
    return PriceSheet(
        target="any",
        price=Price(version="any", currency="EUR", rates=rates),
        habit=habit,
        context_tokens=context_tokens,
        new_pico=new,
        again_pico=again,
    )


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Any conversation, with tools, long turns and short ones, and old turns asked for anywhere."""
    kinds = draw(st.lists(_KINDS, min_size=1, max_size=60))
    sizes = draw(st.lists(st.integers(1, 3_000), min_size=len(kinds), max_size=len(kinds)))
    atoms = [_atom(place, kind, size) for place, (kind, size) in enumerate(zip(kinds, sizes, strict=True))]
    return history_of(
        atoms,
        head_tokens=draw(st.integers(0, 5_000)),
        tail_tokens=draw(st.integers(0, 2_000)),
        recalls=draw(st.sets(st.integers(0, 60))),
    )


def _atom(place: int, kind: str, tokens: int) -> Atom:
    entries = {
        "contact": (Said(by=Speaker.CONTACT, text="a"),),
        "shop": (Said(by=Speaker.ASSISTANT, text="b"),),
        "tools": (
            Wished(wishes=(ToolWish(id="w", name="t", arguments="{}"),)),
            ToolAnswered(wish_id="w", name="t", content="c"),
        ),
    }[kind]
    by = Speaker.CONTACT if kind == "contact" else Speaker.ASSISTANT
    return Atom(seq=place + 1, at_ms=place, by=by, entries=entries, tokens=tokens)


def _planned(
    history: History,
    sheet: PriceSheet,
    aim: Aim,
    *,
    by_tool: bool = True,
    lengths: Mapping[int, int] | None = None,
) -> Planned:
    talk = Talk(head_tokens=history.head_tokens, reserve_tokens=0, lengths=lengths or {})
    return Planned("planned", history, sheet, talk, aim, by_tool=by_tool)


def _everything(history: History) -> Window:
    marks = Marks(high_tokens=_ENDLESS, low_tokens=_ENDLESS, most_tokens=_ENDLESS)
    return Window("everything", history, APPEND, marks)


_AIMS = st.builds(
    Aim,
    recall_per_mille=st.integers(0, 1_000),
    recalled_per_mille=st.integers(0, 1_000),
    floor_tokens=st.integers(0, 2_000),
)


@settings(max_examples=150, deadline=None)
@given(
    history=histories(),
    sheet=sheets(),
    aim=_AIMS,
    by_tool=st.booleans(),
    lengths=st.dictionaries(st.integers(1, 500), st.integers(0, 10_000), max_size=4),
)
def test_a_planned_history_never_costs_more_than_telling_everything(
    history: History, sheet: PriceSheet, aim: Aim, by_tool: bool, lengths: dict[int, int]
) -> None:
    planned = bill_of(history, _planned(history, sheet, aim, by_tool=by_tool, lengths=lengths), sheet)

    everything = bill_of(history, _everything(history), sheet)

    assert planned.cost_pico <= everything.cost_pico


@settings(max_examples=100, deadline=None)
@given(history=histories(), sheet=sheets(), aim=_AIMS)
def test_savings_are_the_difference_of_the_bills_and_never_in_the_red(
    history: History, sheet: PriceSheet, aim: Aim
) -> None:
    policy = _planned(history, sheet, aim)
    everything = bill_of(history, _everything(history), sheet)

    planned = bill_of(history, policy, sheet)

    assert policy.savings.pico == everything.cost_pico - planned.cost_pico
    assert policy.savings.pico >= 0


@settings(max_examples=100, deadline=None)
@given(history=histories(), sheet=sheets(context_tokens=12_000), aim=_AIMS)
def test_no_window_is_longer_than_the_models_limit_leaves(
    history: History, sheet: PriceSheet, aim: Aim
) -> None:
    policy = _planned(history, sheet, aim)

    windows = [_window_after(policy, asked) for asked in history.requests]

    assert all(window <= most for window, most in windows)


def _window_after(policy: Planned, asked: Asked) -> tuple[int, int]:
    policy.lay_out(asked)
    return policy.window_tokens(asked) * asked.is_first, policy.marks.most_tokens


@settings(max_examples=100, deadline=None)
@given(
    history=histories(),
    aim=_AIMS,
    block=st.sampled_from([1, 16, 64, 128, 500]),
    minimum=st.integers(0, 4_096),
)
def test_the_accounting_finds_again_exactly_what_the_simulated_provider_finds(
    history: History, aim: Aim, block: int, minimum: int
) -> None:
    habit = CacheHabit(block_tokens=block, minimum_tokens=minimum)
    sheet = PriceSheet(
        target="any",
        price=Price(version="any", currency="EUR", rates=Rates(input=10, output=10, cache_read=1)),
        habit=habit,
        context_tokens=_ENDLESS,
        new_pico=10,
        again_pico=1,
    )
    kept = _Kept(_planned(history, sheet, aim))
    simulated = PrefixCache(CacheRule(block_tokens=block, minimum_tokens=minimum))
    texts = _Texts(history)

    reads = replay(history, kept, sheet)

    spent = [simulated.spend(texts.ask(parts), now_ms=0.0) for parts in kept.prompts]
    assert [(read.total, read.found) for read in reads] == [(one.input, one.cache_read) for one in spent]


class _Kept:
    """Keeps the prompts that a policy has laid out."""

    def __init__(self, policy: Planned) -> None:
        self._policy = policy
        self.prompts: list[Sequence[Part]] = []

    @property
    def name(self) -> str:
        return self._policy.name

    def lay_out(self, asked: Asked) -> Sequence[Sequence[Part]]:
        laid_out = self._policy.lay_out(asked)
        self.prompts += laid_out
        return laid_out

    def learn(self, asked: Asked, reads: Sequence[Read]) -> None:
        self._policy.learn(asked, reads)


class _Texts:
    """Writes parts as bytes of which no two begin alike, each as long as its tokens are for the simulator.

    Parts are joined by a byte, so all but the first are a byte shorter than their tokens.
    """

    def __init__(self, history: History) -> None:
        self._history = history
        self._numbers: dict[object, int] = {}

    def ask(self, parts: Sequence[Part]) -> Ask:
        pieces = [piece for part in joined(parts) for piece in self._pieces(part)]
        written = [self._written(piece, is_first=place == 0) for place, piece in enumerate(pieces)]
        return Ask(wire=WireName.OPENAI, model="any", lines=(), parts=tuple(written))

    def _pieces(self, part: Part) -> list[Piece]:
        if isinstance(part, Piece):
            return [part]
        atoms = self._history.atoms[part.first : part.end]
        return [Piece(atom.seq, atom.tokens) for atom in atoms]

    def _written(self, piece: Piece, *, is_first: bool) -> bytes:
        number = self._numbers.setdefault(piece.name, len(self._numbers))
        size = 4 * piece.tokens - (not is_first)
        return number.to_bytes(3, "big").ljust(size, b"x")
