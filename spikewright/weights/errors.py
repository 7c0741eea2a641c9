"""The error of this package."""

from spikewright.errors import InvalidInput, InvalidNetwork


class InvalidWeights(InvalidInput, InvalidNetwork):
    """Stored weights contradict themselves: shapes, places, or integers that do not fit their width."""
