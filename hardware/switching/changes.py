"""Value changes of a simulation (VCD), counted while they come: nothing is kept but one value for each signal."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from spikewright import SpikewrightError


@dataclass
class BitCount:
    """What is counted of some bits of a signal: `mask` says which. `toggles`: changes from 0 to 1 or back, all bits together;
    `high`: bits times the time for which they were 1, in units of the trace."""

    mask: int
    toggles: int = 0
    high: int = 0


@dataclass(frozen=True)
class TracedSignal:
    """A signal of a trace. `scope`: names of modules and blocks, the outermost first; `kind`: "wire", "reg", "integer" ..."""

    scope: tuple[str, ...]
    name: str
    kind: str
    bits: int


@dataclass
class _Followed:
    tallies: list[BitCount]
    value: int = 0
    known: int = 0
    since: int = 0


@dataclass
class ReadTrace:
    """Signals by their codes, and the time. `begun`: the first time of the trace, `now`: the last one."""

    followed: dict[str, _Followed] = field(default_factory=dict)
    begun: int = 0
    now: int = 0


Chooser = Callable[[TracedSignal], Iterable[BitCount]]
"""What is to be counted of a signal; nothing of most."""


def counted(lines: Iterable[str], chooser: Chooser) -> ReadTrace:
    """Read a VCD to its end, or to where it is switched off, and count into the tallies that `chooser` gives for its signals.

    A signal that has several names is followed once, with the tallies of all of them. Only changes between 0 and 1 count, not
    those from or to an unknown value. Raises SpikewrightError where the trace has no end of its head.
    """
    stream = iter(lines)
    trace = ReadTrace(_head(stream, chooser))
    started = False
    for line in stream:
        first = line[:1]
        if first == "#":
            trace.now = int(line[1:])
            if not started:
                trace.begun, started = trace.now, True
        elif first in "01xzXZ" and first:
            _change(trace, line[1:].strip(), first)
        elif first in "bB":
            value, code = line[1:].split()
            _change(trace, code, value)
        elif line.startswith("$dumpoff"):
            break
    for one in trace.followed.values():
        _pass_time(one, trace.now)
    return trace


def _head(stream: Iterator[str], chooser: Chooser) -> dict[str, _Followed]:
    followed: dict[str, _Followed] = {}
    scope: list[str] = []
    for line in stream:
        words = line.split()
        if words[:1] == ["$scope"]:
            scope.append(plain_name(words[2]))
        elif words[:1] == ["$upscope"]:
            scope.pop()
        elif words[:1] == ["$var"]:
            kind, bits, code, name = words[1:5]
            tallies = list(chooser(TracedSignal(tuple(scope), plain_name(name), kind, int(bits))))
            if tallies:
                followed.setdefault(code, _Followed([])).tallies.extend(tallies)
        elif words[:1] == ["$enddefinitions"]:
            return followed
    raise SpikewrightError("expected a trace with $enddefinitions, got none; try the VCD of one simulation")


def plain_name(name: str) -> str:
    """A name without the backslash of Verilog's escaped ones."""
    return name.lstrip("\\").rstrip()


def _change(trace: ReadTrace, code: str, digits: str) -> None:
    one = trace.followed.get(code)
    if one is None:
        return
    value, known = numbers_of(digits)
    flips = (value ^ one.value) & known & one.known
    _pass_time(one, trace.now)
    for tally in one.tallies:
        tally.toggles += (flips & tally.mask).bit_count()
    one.value, one.known = value, known


def _pass_time(one: _Followed, now: int) -> None:
    for tally in one.tallies:
        tally.high += (one.value & tally.mask).bit_count() * (now - one.since)
    one.since = now


def numbers_of(digits: str) -> tuple[int, int]:
    """The bits that are 1, and those that are known. Digits in front that are left out are 0, or unknown where the first is.

    >>> numbers_of("1x0")
    (4, -3)
    """
    if digits.isdigit():
        return int(digits, 2), -1
    text = digits.lower()
    known = int("".join("0" if each in "xz" else "1" for each in text), 2)
    value = int("".join("1" if each == "1" else "0" for each in text), 2)
    return value, known if text[0] in "xz" else known | -1 << len(text)
