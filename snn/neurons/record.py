"""What a neuron is asked by the rest of the house, so that nobody asks for its type: its traits, with neutral answers."""

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidNetwork
from spikewright.snn.checked import LONGEST, Constant

Reset = Literal["subtract", "zero"]
Sends = Literal["nothing", "spikes", "values", "times", "passed on"]
"""What leaves a neuron. "spikes": whole numbers, in steps. "values": one number, which stands for the whole run. "times": one
spike, sent as the time that is left. "passed on": what its sources send, or what the code of the network makes of an input."""
MOST_LEVELS = 2**24
"""The most levels of what a neuron sends once: float32 holds every integer up to there."""
PerChannel = float | int | NDArray[np.generic]
"""One value for the whole population, or an array `(channels,)`; thresholds may also have one for each neuron."""
ANY_SCHEDULE = frozenset({"synchronous", "layerwise"})


class Neuron(Constant):
    """A kind of neuron: its record holds the parameters of its law, and its traits say what others have to know of it.

    A record that has a parameter of the same name as a trait declares it as a field, with `= field()` where it has no default.
    What a population of a network sends, whatever its neurons are, is asked in `snn.traits`.
    """

    tag: ClassVar[str]
    """Its name in files, where that is not the name of the class."""
    sends: ClassVar[Sends] = "nothing"
    potential: ClassVar[Literal["none", "once", "kept"]] = "kept"
    """Whether it has a potential: none, one that is worked out once, or one that is kept from step to step."""
    has_threshold: ClassVar[bool] = False
    """Whether its potential is compared with something, `compared_with`, that noise and faults of a chip move."""
    thresholds_in: ClassVar[tuple[str, ...]] = ()
    """The fields that hold thresholds, in units of the potential, all > 0: one, one a channel or one a neuron."""
    channels_in: ClassVar[tuple[str, ...]] = ()
    """The fields of other numbers that may differ from channel to channel."""
    readouts: ClassVar[frozenset[str]] = frozenset()
    """What its population can answer by at the end of a network."""
    schedules: ClassVar[frozenset[str]] = ANY_SCHEDULE
    obeys: ClassVar[frozenset[str]] = frozenset()
    """The laws of codes that reach inside (`Code.inside`) which its own law has a place for."""
    remembers: ClassVar[bool] = False
    """Whether its law looks at the number of spikes that it has sent before."""
    latches: ClassVar[bool] = False
    """Whether a spike that has arrived brings its weight in all later steps, too."""
    compares: ClassVar[bool] = False
    """Whether it compares windows of its sources (a `MaxGate`) instead of adding up what they send."""

    two_sided: ClassVar[bool] = False
    """Whether all that it has sent in a run may be below zero."""

    signed: bool = False
    """Whether it may send negative numbers."""
    reset: Reset = "subtract"
    refractory: int = 0
    leak: float = 0.0
    levels: int | None = None
    threshold: PerChannel  # only where it `fires`

    @property
    def fires(self) -> bool:
        """Whether it sends spikes in steps, when its potential is at or above a threshold."""
        return self.has_threshold and self.sends == "spikes"

    @property
    def most(self) -> int:
        """The largest number that it sends, in a step or once."""
        return 1

    @property
    def most_in_run(self) -> int | None:
        """The most spikes of a run, None where only its steps limit them."""
        return None

    @property
    def step_factors(self) -> tuple[float, ...]:
        """What the weight of a spike is multiplied by in each step; empty: by 1 in every step."""
        return ()

    @property
    def compared_with(self) -> PerChannel:
        """What its potential is compared with, if it `has_threshold`: the unit of membrane noise."""
        return self.threshold

    def step_factor(self, step: int) -> float:
        """What the weight of a spike that arrives in `step` is multiplied by."""
        return self.step_factors[step] if self.step_factors else 1

    def all_thresholds(self) -> dict[str, PerChannel]:
        """Its thresholds by the name of their field."""
        return {name: getattr(self, name) for name in self.thresholds_in}

    def check_whole(self, name: str) -> None:
        """Raise InvalidNetwork, with the name of the population, where its parameters cannot be those of fixed point."""


def check_threshold(threshold: PerChannel) -> None:
    """Raise InvalidNetwork unless every threshold is a finite number > 0."""
    values = np.asarray(threshold)
    if values.dtype.kind not in "biuf" or not (np.all(np.isfinite(values)) and np.all(values > 0)):
        raise InvalidNetwork("expected thresholds > 0 and finite; try a larger percentile or remove dead channels")


def check_refractory(steps: int) -> None:
    """Raise InvalidNetwork unless it is a whole number of steps from 0 to 1,000,000."""
    if isinstance(steps, bool) or not isinstance(steps, int) or not 0 <= steps <= LONGEST:
        raise InvalidNetwork(f"expected 0 to {LONGEST} refractory steps, got {steps!r}")


def check_reset(reset: str) -> None:
    """Raise InvalidNetwork unless `reset` is "subtract" or "zero"."""
    if reset not in ("subtract", "zero"):
        raise InvalidNetwork(f'expected reset "subtract" or "zero", got {reset!r}')
