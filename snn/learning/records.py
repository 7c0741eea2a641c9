"""The records of unsupervised learning by spike timing: the network, its rule, and what has been learned so far.

Numbers of potential, threshold, weight and inhibition share one unit, that of the weights.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidInput, InvalidNetwork
from spikewright.snn.checked import check_seed

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class StdpRule:
    """Pair STDP at the spikes of the learning neuron (Diehl and Cook 2015, power-law weight dependence, exponent 1):

        w <- clip(w + learning_rate (x - trace_target) (weight_max - w), 0, weight_max)
        x = exp(-(time since the input's last spike) / trace_tau_ms), 0 before its first one

    After each presentation the weights of a neuron that has fired are scaled to `weight_sum` and cut at `weight_max`.
    """

    learning_rate: float = 0.01
    trace_target: float = 0.1
    trace_tau_ms: float = 20.0
    weight_max: float = 1.0
    weight_sum: float = 78.4

    def __post_init__(self) -> None:
        _positive(self, "learning_rate", "trace_tau_ms", "weight_max", "weight_sum")
        if not 0.0 <= self.trace_target < 1.0:
            raise InvalidNetwork(f"expected a trace target in [0, 1), got {self.trace_target}")


@dataclass(frozen=True)
class AdaptiveLIF:
    """Leaky integrate and fire whose threshold is `threshold` + theta; the reset is to zero.

    theta begins at 0, grows by `theta_plus` at each spike of training and decays with `theta_tau_ms`, once after each
    presentation. For `refractory_ms` after a spike the neuron is deaf and stays at zero.
    """

    tau_ms: float = 100.0
    refractory_ms: float = 5.0
    threshold: float = 20.0
    theta_plus: float = 0.4
    theta_tau_ms: float = 1e7

    def __post_init__(self) -> None:
        _positive(self, "tau_ms", "threshold", "theta_tau_ms")
        _not_negative(self, "refractory_ms", "theta_plus")


@dataclass(frozen=True)
class Presentation:
    """How an image is shown: pixel x in [0, 1] is a Poisson train of rate x `rate_hz` for `shown_ms`, then `rest_ms` of rest.

    When fewer than `least_spikes` neurons' spikes come back, it is shown again with a rate `raise_hz` higher, at most
    `most_attempts` times in all. Time runs in steps of `step_ms`.
    """

    shown_ms: float = 350.0
    rest_ms: float = 150.0
    step_ms: float = 1.0
    rate_hz: float = 63.75
    raise_hz: float = 32.0
    least_spikes: int = 5
    most_attempts: int = 16

    def __post_init__(self) -> None:
        _positive(self, "shown_ms", "step_ms")
        _not_negative(self, "rest_ms", "rate_hz", "raise_hz", "least_spikes")
        if not 1 <= self.most_attempts <= 1000:
            raise InvalidNetwork(f"expected 1 to 1000 attempts, got {self.most_attempts}")
        if not 1 <= self.steps <= 100_000:
            raise InvalidNetwork(f"expected 1 to 100000 steps of {self.step_ms} ms, got {self.steps}")
        if not self.chance(self.most_attempts - 1) < 1.0:
            raise InvalidNetwork(
                f"expected less than one input spike a step, got {self.chance(self.most_attempts - 1):.3g} in the last "
                "attempt; try a shorter step, a lower rate or fewer attempts"
            )

    @property
    def steps(self) -> int:
        """Steps for which an image is shown."""
        return round(self.shown_ms / self.step_ms)

    def chance(self, attempt: int) -> float:
        """The probability of a spike of a pixel of value 1 in one step of an attempt, counted from 0."""
        return (self.rate_hz + attempt * self.raise_hz) * self.step_ms / 1000.0


@dataclass(frozen=True)
class WinnerTakeAll:
    """`inputs` Poisson trains, all connected to `neurons` adaptive neurons that inhibit each other (after Diehl and Cook 2015).

    Of the neurons at or above their threshold in a step only the one that is furthest above fires, the lowest number
    of equal ones. Its spike takes `inhibition` from the potential of every other neuron one step later.
    """

    inputs: int = 784
    neurons: int = 400
    inhibition: float = 120.0
    neuron: AdaptiveLIF = field(default_factory=AdaptiveLIF)
    rule: StdpRule = field(default_factory=StdpRule)
    shown: Presentation = field(default_factory=Presentation)

    def __post_init__(self) -> None:
        for name in ("inputs", "neurons"):
            if not 1 <= getattr(self, name) <= 1_000_000:
                raise InvalidNetwork(f"expected 1 to 1000000 {name}, got {getattr(self, name)}")
        _not_negative(self, "inhibition")
        if self.rule.weight_sum > self.inputs * self.rule.weight_max:
            raise InvalidNetwork(
                f"expected a weight_sum that {self.inputs} weights up to {self.rule.weight_max} can have, "
                f"got {self.rule.weight_sum}; try {0.1 * self.inputs * self.rule.weight_max:g}"
            )
        if self.shown.step_ms >= self.neuron.tau_ms:
            raise InvalidNetwork(
                f"expected steps shorter than tau_ms {self.neuron.tau_ms}, got {self.shown.step_ms} ms"
            )


@dataclass(frozen=True, eq=False)
class Learned:
    """A network after so many `presentations`: weights float32 `(inputs, neurons)` and theta float32 `(neurons,)`."""

    network: WinnerTakeAll
    weights: NDArray[np.float32]
    theta: NDArray[np.float32]
    seed: int
    presentations: int = 0

    def __post_init__(self) -> None:
        check_seed(self.seed)
        inputs, neurons = self.network.inputs, self.network.neurons
        for name, shape, top in (
            ("weights", (inputs, neurons), self.network.rule.weight_max),
            ("theta", (neurons,), np.inf),
        ):
            array = getattr(self, name)
            if array.shape != shape or array.dtype != np.float32:
                raise InvalidInput(f"expected {name} float32 {shape}, got {array.dtype} {array.shape}")
            if not (np.all(np.isfinite(array)) and array.min() >= 0 and array.max() <= np.float32(top)):
                raise InvalidInput(f"expected {name} from 0 to {top:g}, got NaN or others")
        if self.presentations < 0:
            raise InvalidInput(f"expected presentations >= 0, got {self.presentations}")


@dataclass(frozen=True, eq=False)
class Responses:
    """What came back: `counts (images, neurons)` of the last attempt; spikes and `attempts` `(images,)` over all attempts."""

    counts: NDArray[np.int32]
    input_spikes: Counts
    output_spikes: Counts
    attempts: Counts

    @property
    def synaptic_operations(self) -> Mapping[str, Counts]:
        """Additions of a weight to a neuron, `(images,)`: "input" and "lateral"."""
        neurons = self.counts.shape[1]
        return {"input": self.input_spikes * neurons, "lateral": self.output_spikes * (neurons - 1)}

    @classmethod
    def joined(cls, parts: "list[Responses]") -> "Responses":
        """Several, one after the other."""
        names = ("counts", "input_spikes", "output_spikes", "attempts")
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _positive(record: Any, *names: str) -> None:
    for name in names:
        if not (isfinite(getattr(record, name)) and getattr(record, name) > 0):
            raise InvalidNetwork(f"expected {name} > 0, got {getattr(record, name)}")


def _not_negative(record: Any, *names: str) -> None:
    for name in names:
        if not (isfinite(getattr(record, name)) and getattr(record, name) >= 0):
            raise InvalidNetwork(f"expected {name} >= 0, got {getattr(record, name)}")
