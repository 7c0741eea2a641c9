"""Max pooling in a circuit: what reaches the gates, which compare counts instead of adding up."""

from dataclasses import dataclass

from spikewright.snn import Network, Population
from spikewright.snn.traits import sent

EACH, EVERY_STEP, AT_THE_END = range(3)
"""When counts are sent on: with each event, before each token, before the last one; REPLAY of `sw_counts`."""


@dataclass(frozen=True)
class GateCounts:
    """What reaches the gates of a population: numbers of `bits` without a sign.

    `counted`: they are counts of spikes, by `sw_counts`, else what sources send once. `offset`: a count of nothing, 0 unless
    counts may fall; then they are compared in each step anew, and are sent as `replay` says. `most`: the largest |count|.
    """

    most: int
    counted: bool
    offset: int
    replay: int

    @classmethod
    def of(cls, network: Network, population: Population) -> "GateCounts":
        """What reaches a population of MaxGates."""
        what, layerwise = sent(network, population), network.schedule == "layerwise"
        if what.once:
            return cls(what.most * (network.code.charge_steps if layerwise else 1), False, 0, EACH)
        most = what.most * network.steps
        if not what.signed:
            return cls(most, True, 0, EACH)
        return cls(most, True, most + 1, AT_THE_END if layerwise else EVERY_STEP)

    @property
    def bits(self) -> int:
        """Bits of a number."""
        return (self.offset + self.most).bit_length()
