"""Early decision: when a sample may stop before the last step. A sample that has stopped receives and sends nothing more."""

from dataclasses import dataclass

from spikewright import InvalidInput


@dataclass(frozen=True)
class TerminateDelta:
    """Stop when the best class leads: largest logit - second largest >= `lead` (N2D2's TerminateDelta, in raw logits).

    One class alone never leads.
    """

    lead: float

    def __post_init__(self) -> None:
        if not self.lead > 0:
            raise InvalidInput(f"expected a lead > 0, got {self.lead}")


@dataclass(frozen=True)
class TerminateMax:
    """Stop when the largest logit reaches `count` (raw logits: spikes of a class for the readout "count")."""

    count: float

    def __post_init__(self) -> None:
        if not self.count > 0:
            raise InvalidInput(f"expected a count > 0, got {self.count}")


@dataclass(frozen=True)
class Quiescence:
    """Stop after the first step in which no population but the input sent a spike, once nothing flows in any more.

    For a direct input with a window: the first such step t >= window. Without delays, refractory steps and noise the network
    is settled then, and stays so. Other codes may bring input until their last step; under them nothing stops early.
    """


Decision = TerminateDelta | TerminateMax | Quiescence
