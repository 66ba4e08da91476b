"""Draws what is answered rightly against what is answered wrongly, as an SVG that reads on light and dark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fondaco.lab.answers_bench import Ways
from fondaco.lab.answers_measure import Answered, CurvePoint, curve

_WIDTH, _HEIGHT = 340, 250
_LEFT, _TOP, _PLOT_WIDTH, _PLOT_HEIGHT = 44, 44, 280, 160
_MOST_WRONG = 10.0
_ALLOWED_WRONG = 2.0

_STYLE = """
text { font: 12px system-ui, sans-serif; fill: #1f2430 }
.title { font-weight: 600; font-size: 13px }
.quiet { fill: #5b6472 }
.grid { stroke: #d5dae1; stroke-width: 1 }
.limit { stroke: #5b6472; stroke-width: 1; stroke-dasharray: 3 3 }
.line { fill: none; stroke-width: 2; stroke-linejoin: round }
.full { stroke: #0b6e99 }
.words { stroke: #b45309; stroke-dasharray: 7 3 } .bm25 { stroke: #6b7280; stroke-dasharray: 2 3 }
@media (prefers-color-scheme: dark) {
text { fill: #e6e9ee } .quiet { fill: #a3acba } .grid { stroke: #39414d } .limit { stroke: #a3acba }
.full { stroke: #5cc4f0 } .words { stroke: #f0a860 } .bm25 { stroke: #a3acba }
}
""".strip()


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart: a title and the three ways of answering the same questions."""

    title: str
    ways: Ways
    answerable: float  #: percentage of all questions that anything answers: the best possible


def panel(title: str, ways: Ways) -> Panel:
    """Return the chart of ``ways``."""
    answerable = sum(one.answerable for one in ways.full)
    return Panel(title, ways, 100 * answerable / len(ways.full))


def draw(panels: Sequence[Panel]) -> str:
    """Return the charts side by side as one SVG, with a description for those who cannot see it."""
    width = _WIDTH * len(panels)
    bodies = "\n".join(_drawn(one, position * _WIDTH) for position, one in enumerate(panels))
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {_HEIGHT}" width="{width}" \
height="{_HEIGHT}" role="img" aria-labelledby="title description">
<title id="title">Right answers against wrong answers</title>
<desc id="description">{_described(panels)}</desc>
<style>{_STYLE}</style>
{bodies}
</svg>
"""


def _described(panels: Sequence[Panel]) -> str:
    sentences = []
    for one in panels:
        right = _right_at(curve(one.ways.full), _ALLOWED_WRONG)
        plain = _right_at(curve(one.ways.bm25), _ALLOWED_WRONG)
        sentences.append(
            f"{one.title}: at two percent wrong {right:.0f} percent are answered rightly, "
            f"plain BM25 {plain:.0f}; {one.answerable:.0f} percent are answerable."
        )
    return " ".join(sentences)


def _right_at(points: Sequence[CurvePoint], most_wrong: float) -> float:
    return max(point.right for point in points if point.wrong <= most_wrong)


def _drawn(one: Panel, left: int) -> str:
    parts = [
        f'<g transform="translate({left} 0)">',
        f'<text class="title" x="{_LEFT}" y="18">{one.title}</text>',
    ]
    parts += [_legend(), *_axes(one.answerable)]
    for name in ("bm25", "words", "full"):
        parts.append(_line(name, getattr(one.ways, name)))
    return "\n".join([*parts, "</g>"])


def _legend() -> str:
    entries = (("full", "fondaco"), ("words", "words alone"), ("bm25", "plain BM25"))
    drawn = []
    for position, (name, label) in enumerate(entries):
        x = _LEFT + 94 * position
        drawn.append(f'<path class="line {name}" d="M{x} 32h18"/><text x="{x + 23}" y="36">{label}</text>')
    return "".join(drawn)


def _axes(answerable: float) -> list[str]:
    drawn = []
    for right in (0, 25, 50, 75, 100):
        y = _y(right)
        drawn.append(f'<path class="grid" d="M{_LEFT} {y:.1f}h{_PLOT_WIDTH}"/>')
        drawn.append(f'<text class="quiet" x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{right}</text>')
    for wrong in (0, 2, 4, 6, 8, 10):
        y = _TOP + _PLOT_HEIGHT + 16
        drawn.append(f'<text class="quiet" x="{_x(wrong):.1f}" y="{y}" text-anchor="middle">{wrong}</text>')
    drawn.append(f'<path class="limit" d="M{_x(_ALLOWED_WRONG):.1f} {_TOP}v{_PLOT_HEIGHT}"/>')
    drawn.append(f'<path class="limit" d="M{_LEFT} {_y(answerable):.1f}h{_PLOT_WIDTH}"/>')
    label = "% wrong of all questions; upright: % right; dashed: answerable"
    drawn.append(f'<text class="quiet" x="{_LEFT}" y="{_TOP + _PLOT_HEIGHT + 36}">{label}</text>')
    return drawn


def _line(name: str, found: Sequence[Answered]) -> str:
    points = [point for point in curve(found) if point.wrong <= _MOST_WRONG]
    corners = _thinned(points)
    path = "L".join(f"{_x(point.wrong):.1f} {_y(point.right):.1f}" for point in corners)
    return f'<path class="line {name}" d="M{path}"/>'


def _thinned(points: Sequence[CurvePoint]) -> list[CurvePoint]:
    """Return about two hundred of the points, the last one among them."""
    every = max(1, len(points) // 200)
    return [*points[::every], points[-1]]


def _x(wrong: float) -> float:
    return _LEFT + _PLOT_WIDTH * wrong / _MOST_WRONG


def _y(right: float) -> float:
    return _TOP + _PLOT_HEIGHT * (1 - right / 100)
