"""Turns the events of an answer into what happens on the connection, byte by byte, faults included."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from fondaco.testing.provider.faults import Fault, FaultRule

#: How long a stall lasts unless the plan says otherwise, in seconds; a keep-alive; one token of a drip.
STALL_SECONDS, KEEP_ALIVE_SECONDS, DRIP_SECONDS = 600.0, 2.0, 1.0

_ARRIVAL_SECONDS = 0.02  # a reset takes back what the other side has not read yet
_SLIVERS = 40
_SLIVER_SECONDS = 0.001


class End(Enum):
    """How a connection ends before its time."""

    CLOSE = "close"  #: in good order (FIN)
    RESET = "reset"  #: torn down (RST)


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes, and what is charged once they have left."""

    data: bytes
    tokens: int = 0  #: of output
    bills: bool = False  #: the input is charged from here on


#: Bytes to write, seconds to wait, or an end.
Step = Write | float | End


@dataclass(frozen=True, slots=True)
class Tempo:
    """How quickly the model speaks, in seconds."""

    think: float  #: until the first token
    token: float  #: from each token to the next


@dataclass(frozen=True, slots=True)
class Scene:
    """An answer that is ready to be sent."""

    head: bytes  #: status line and headers
    frames: list[Write]  #: the body in its pieces
    framed: bool  #: whether the transfer is chunked, as streams are
    tempo: Tempo
    rule: FaultRule | None = None
    sign_of_life: bytes = b": keep-alive\n\n"  #: what is sent while nothing happens

    def lasting(self, otherwise: float) -> float:
        """Return how many seconds the fault lasts."""
        seconds = self.rule.seconds if self.rule else None
        return otherwise if seconds is None else seconds

    def parts(self) -> tuple[list[Write], list[Write]]:
        """Return the body before and after the point at which something happens."""
        at = self.rule.at if self.rule else 1.0
        if len(self.frames) == 1:
            whole = self.frames[0]
            cut = int(len(whole.data) * at)
            return [Write(whole.data[:cut], whole.tokens, whole.bills)], [Write(whole.data[cut:])]
        cut = int(len(self.frames) * at)
        return self.frames[:cut], self.frames[cut:]


def acted(scene: Scene) -> list[Step]:
    """Return what happens on the connection."""
    act = _ACTS.get(scene.rule.fault, _whole) if scene.rule else _whole
    return act(scene)


def _whole(scene: Scene) -> list[Step]:
    opening: list[Step] = [Write(scene.head), scene.tempo.think]
    if not scene.framed:  # a plain answer's headers come with its body
        opening.reverse()
    return [*opening, *_paced(scene, scene.frames), *_last(scene)]


def _cut(scene: Scene) -> list[Step]:
    return [*_broken_off(scene), End.CLOSE]


def _reset(scene: Scene) -> list[Step]:
    return [*_broken_off(scene), _ARRIVAL_SECONDS, End.RESET]


def _hang_up(scene: Scene) -> list[Step]:
    return [scene.tempo.think, End.CLOSE]


def _stall_headers(scene: Scene) -> list[Step]:
    return [scene.lasting(STALL_SECONDS), *_whole(scene)]


def _stall_first(scene: Scene) -> list[Step]:
    return [Write(scene.head), scene.lasting(STALL_SECONDS), *_paced(scene, scene.frames), *_last(scene)]


def _stall_middle(scene: Scene) -> list[Step]:
    before, after = scene.parts()
    return [
        Write(scene.head),
        scene.tempo.think,
        *_paced(scene, before),
        scene.lasting(STALL_SECONDS),
        *_paced(scene, after),
        *_last(scene),
    ]


def _drip(scene: Scene) -> list[Step]:
    steps: list[Step] = [Write(scene.head), scene.tempo.think]
    for frame in scene.frames:
        steps += [_sent(scene, frame), scene.lasting(DRIP_SECONDS) * max(frame.tokens, 1)]
    return [*steps, *_last(scene)]


def _keep_alive(scene: Scene) -> list[Step]:
    seconds = scene.lasting(KEEP_ALIVE_SECONDS)
    times = max(10, int(seconds))
    sign = _sent(scene, Write(scene.sign_of_life))
    return [
        Write(scene.head),
        *((sign, seconds / times) * times),
        *_paced(scene, scene.frames),
        *_last(scene),
    ]


def _split(scene: Scene) -> list[Step]:
    steps: list[Step] = [Write(scene.head), scene.tempo.think]
    for frame in scene.frames:
        charged = frame
        for sliver in slivers(frame.data, _SLIVERS // len(scene.frames) + 2):
            steps += [_sent(scene, Write(sliver, charged.tokens, charged.bills)), _SLIVER_SECONDS]
            charged = Write(b"")
    return [*steps, *_last(scene)]


_ACTS: Mapping[Fault, Callable[[Scene], list[Step]]] = {
    Fault.CUT: _cut,
    Fault.RESET: _reset,
    Fault.HANG_UP: _hang_up,
    Fault.STALL_HEADERS: _stall_headers,
    Fault.STALL_FIRST: _stall_first,
    Fault.STALL_MIDDLE: _stall_middle,
    Fault.DRIP: _drip,
    Fault.KEEP_ALIVE: _keep_alive,
    Fault.SPLIT_UTF8: _split,
}


def slivers(data: bytes, most: int) -> list[bytes]:
    """Return bytes in at most about ``most`` pieces, cut inside characters wherever there are wide ones."""
    inside = [at for at, byte in enumerate(data) if byte & 0xC0 == 0x80]  # a continuation byte of UTF-8
    size = max(len(data) // most, 1)
    places = inside[:: max(len(inside) // most, 1)] if inside else list(range(size, len(data), size))
    return [data[begin:end] for begin, end in zip([0, *places], [*places, len(data)], strict=True)]


def _paced(scene: Scene, frames: list[Write]) -> list[Step]:
    if not scene.tempo.token:
        return [_sent(scene, frame) for frame in frames]
    steps: list[Step] = []
    for frame in frames:
        if frame.tokens:
            steps.append(frame.tokens * scene.tempo.token)
        steps.append(_sent(scene, frame))
    return steps


def _broken_off(scene: Scene) -> list[Step]:
    """Return the answer up to the middle of what comes at the point of the fault."""
    before, after = scene.parts()
    steps: list[Step] = [Write(scene.head), scene.tempo.think, *_paced(scene, before)]
    if after and scene.framed:
        whole = _sent(scene, after[0]).data
        steps.append(Write(whole[: len(whole) // 2]))
    return steps


def _sent(scene: Scene, frame: Write) -> Write:
    if not scene.framed or not frame.data:
        return frame
    return Write(b"%x\r\n%b\r\n" % (len(frame.data), frame.data), frame.tokens, frame.bills)


def _last(scene: Scene) -> list[Step]:
    return [Write(b"0\r\n\r\n")] if scene.framed else []
