"""Checks that the recipes share."""

from spikewright import InvalidInput


def check_percentile(percentile: float) -> None:
    """Raise InvalidInput unless 0 < percentile <= 100."""
    if not 0.0 < percentile <= 100.0:
        raise InvalidInput(f"expected a percentile above 0 and up to 100, got {percentile}; try percentile=99.9")


def check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise InvalidInput(f"expected {name} to be {' or '.join(map(repr, choices))}, got {value!r}")
