"""Says what models did, in the words of a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from fondaco.domain import events as ev
from fondaco.domain.usage import AttemptNote
from fondaco.kit.money import exact


def told_of(asked: ev.ModelAsked) -> str:
    """Return who answered a step and what it cost, such as ``model cheap (deepseek-v3.2): 0.0007 USD``."""
    if not asked.target:
        return f"no model answered: {exact(asked.cost_pico, asked.currency)}"
    served = f" ({asked.served_model})" if asked.served_model not in ("", asked.target) else ""
    return f"model {asked.target}{served}: {exact(asked.cost_pico, asked.currency)}"


def attempts_of(asked: ev.ModelAsked) -> Iterator[str]:
    """Yield one line for each attempt."""
    return (_attempt(one) for one in asked.attempts)


def _attempt(attempt: AttemptNote) -> str:
    parts = [f"{attempt.target}: {attempt.ended_as} after {attempt.duration_ms:.0f} ms"]
    if attempt.usage is not None:
        parts.append(f"{attempt.usage.input} tokens in, {attempt.usage.output} out")
    if attempt.cost_pico:
        billed = ", perhaps billed" if attempt.possibly_billed else ""
        parts.append(f"{exact(attempt.cost_pico, attempt.currency)} ({attempt.provenance.value}{billed})")
    return "; ".join(part for part in (*parts, attempt.message, attempt.then) if part)
