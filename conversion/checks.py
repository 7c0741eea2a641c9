"""Checks that the recipes share."""

from spikewright import InvalidInput
from spikewright.snn.checked import is_between


def check_percentile(percentile: float) -> None:
    """Raise InvalidInput unless 0 < percentile <= 100."""
    if not is_between(percentile, 0.0, 100.0) or percentile == 0:
        raise InvalidInput(f"expected a percentile above 0 and up to 100, got {percentile!r}; try percentile=99.9")


def check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise InvalidInput(f"expected {name} to be {' or '.join(map(repr, choices))}, got {value!r}")
