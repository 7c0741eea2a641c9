"""Early decision: when a sample may stop before the last step. A sample that has stopped receives and sends nothing more.

The rule looks at each sample by itself after each step t, from 0, when all populations have taken it, and at the raw logits
after t as `snn.activity.Activity.logits_over_time` has them. The first t that fulfils it is the last step of the sample:
`decision_step` = t + 1, or all steps if none does. Spikes and operations are counted up to and with t (a delayed spike: if
it arrives by t), logits of later steps are those of t, rasters and potentials of later steps are zero. It looks at what is
sent with stuck neurons, before noise on the way. Synchronous networks of steps only.
"""

from dataclasses import dataclass

from spikewright import InvalidInput
from spikewright.snn.checked import plain


class Decision:
    """A rule that says when a sample may stop."""

    @property
    def height(self) -> float | None:
        """What something in the logits must reach; None for a rule that does not look at them."""
        return None

    def at(self, height: float) -> "Decision":
        """The same rule with another height, for logits in another unit."""
        return self


@dataclass(frozen=True)
class TerminateDelta(Decision):
    """Stop when the best class leads: largest logit - second largest >= `lead` (N2D2's TerminateDelta, in raw logits).

    Two classes that share the largest logit lead by 0; real logits are subtracted in float64. One class alone never leads.
    """

    lead: float

    def __post_init__(self) -> None:
        plain(self)
        if not self.lead > 0:
            raise InvalidInput(f"expected a lead > 0, got {self.lead}")

    @property
    def height(self) -> float:
        """The lead."""
        return self.lead

    def at(self, height: float) -> "TerminateDelta":
        """With another lead."""
        return TerminateDelta(height)


@dataclass(frozen=True)
class TerminateMax(Decision):
    """Stop when the largest logit >= `count` (raw logits: spikes of a class for the readout "count")."""

    count: float

    def __post_init__(self) -> None:
        plain(self)
        if not self.count > 0:
            raise InvalidInput(f"expected a count > 0, got {self.count}")

    @property
    def height(self) -> float:
        """The count."""
        return self.count

    def at(self, height: float) -> "TerminateMax":
        """With another count."""
        return TerminateMax(height)


@dataclass(frozen=True)
class Quiescence(Decision):
    """Stop after the first step in which no population but the input sent a spike, once nothing flows in any more.

    For a direct input with a window: the first step t >= window in which all other populations sent 0, whatever is still
    under way. Without delays, refractory steps and noise the network is settled then, and stays so. Other codes may bring
    input until their last step; under them nothing stops early.
    """


DECISIONS: tuple[type[Decision], ...] = (TerminateDelta, TerminateMax, Quiescence)
"""The decisions that files may hold."""
