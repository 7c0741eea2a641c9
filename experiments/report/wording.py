"""Numbers and lists as they stand in sentences."""

from collections.abc import Sequence

from spikewright.experiments.plots.style import percent
from spikewright.experiments.report.standings import Standing

NARROW = "\N{NO-BREAK SPACE}"


def interval(one: Standing) -> str:
    """Such as "98.4 % (95 %: 96.8 to 99.2 %)"."""
    return f"{percent(one.value)} (95{NARROW}%: {100 * one.low:.1f} to {percent(one.high)})"


def amount(value: float) -> str:
    """Three digits, large numbers whole with commas."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def estimate(one: Standing, unit: str) -> str:
    """Such as "2.9 µJ (0.38 to 48.6)"."""
    bounds = "" if one.low == one.high else f" ({amount(one.low)} to {amount(one.high)})"
    return f"{amount(one.value)}{NARROW}{unit}{bounds}"


def listed(names: Sequence[str], most: int = 6) -> str:
    """Such as "a, b and c"; of more than `most`, the first ones and how many others."""
    if len(names) > most:
        names = [*names[: most - 1], f"{len(names) - most + 1} others"]
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def times(ratio: float) -> str:
    """Such as "1.8 times"."""
    return f"{ratio:.2g} times" if ratio < 100 else f"{ratio:,.0f} times"
