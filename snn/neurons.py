"""Neuron records: the parameters of a neuron's law, nothing else. Every engine has its own statement of the law.

In a step t, in this order (S: see `snn.network.Network`; b: the bias if it flows in t, else 0):

    1. noise    S = S + membrane noise of t; potentials with upsets have a bit flipped (`snn.disturb.noise`)
    2. update   U = decay V + (S + b)         float32, each operation rounded once; decay = 1 without leak
                U = sat(V - (V >> k) + S + b) fixed point: an exact sum, saturated once at the declared width; leak = 2**-k,
                >> rounds down, of negative V too; without leak sat(V + S + b)
    3. compare  spike  iff  U >= threshold
    4. reset    after a spike V = U - threshold (reset "subtract") or V = 0 (reset "zero"), else V = U; not saturated again
    5. send     limits of `SpikeSelectCode`, then stuck neurons: this is recorded, counted and read out; then noise on its way

S is a float64 sum rounded to float32 once (the event engine adds in float32, in the order of the spikes) or an exact integer.
Under the code `PhaseCode` S and every threshold are first multiplied by the weight of the step (exact: a power of two); b is not.
A neuron with `refractory` steps r is deaf in the r steps after a spike: it does not fire, and V stays as it was before the
step, without leak, input or bias; only upsets reach it.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidNetwork
from spikewright.snn.checked import LONGEST, Constant, check_limit, check_numbers, check_whole, is_between

Reset = Literal["subtract", "zero"]
MOST_LEVELS = 2**24
"""The most levels of what a neuron sends once: float32 holds every integer up to there."""
MOST_FEW = 24
"""The most steps of a FewSpikeIF neuron."""
PerChannel = float | int | NDArray[np.generic]
"""One value for the whole population, or an array `(channels,)`; thresholds may also have one for each neuron."""


@dataclass(frozen=True, eq=False)
class Source:
    """The input population: it emits what the network's code makes of an image. No potential, bias or threshold."""


@dataclass(frozen=True, eq=False)
class IF(Constant):
    """Integrate and fire. `threshold` > 0, scalar, `(channels,)` or one a neuron; reset by subtraction or to zero."""

    threshold: PerChannel
    reset: Reset = "subtract"
    refractory: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_threshold(self.threshold)
        check_reset(self.reset)
        check_refractory(self.refractory)


@dataclass(frozen=True, eq=False)
class LIF(Constant):
    """Leaky integrate and fire. `leak` in (0, 1) is the share of the potential lost in a step, decay = 1 - leak.

    Fixed point needs leak = 2**-k with an integer k >= 1, the arithmetic shift of the law above.
    """

    threshold: PerChannel
    leak: float
    reset: Reset = "subtract"
    refractory: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_threshold(self.threshold)
        check_reset(self.reset)
        check_refractory(self.refractory)
        if not (is_between(self.leak, 0.0, 1.0) and 0.0 < self.leak < 1.0):
            raise InvalidNetwork(f"expected a leak in (0, 1), got {self.leak!r}; try IF for a neuron without leak")


@dataclass(frozen=True, eq=False)
class SignedIF(Constant):
    """Integrate and fire that takes spikes back, so that at rest its count is that of the whole charge. Keeps its own `count`.

    +1 iff U >= threshold and (no `limit` or count < limit); else -1 iff U < 0 and count > 0. V = U - threshold * spike. `count`
    is the sum of its own spikes before this step, 0 at first; stuck neurons and noise on the way do not change it.
    """

    threshold: PerChannel
    limit: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_threshold(self.threshold)
        if self.limit is not None:
            check_whole(self.limit, 1, 2**31 - 1, "the limit of a SignedIF")


@dataclass(frozen=True, eq=False)
class TernaryIF(Constant):
    """Spikes of both signs: +1 iff U >= threshold, -1 iff U <= -negative; V = U - threshold or U + negative, else U.

    A leaky ReLU of slope a is `negative` = threshold / a with projections that count a negative spike like a positive one.
    """

    threshold: PerChannel
    negative: PerChannel

    def __post_init__(self) -> None:
        super().__post_init__()
        check_threshold(self.threshold)
        check_threshold(self.negative)


@dataclass(frozen=True, eq=False)
class Burst(Constant):
    """Up to `limit` spikes a step (Li and Zeng 2022): while U >= threshold and fewer than `limit`: a spike, U = U - threshold.

    V = U at the end; in float32 each subtraction is rounded once.
    """

    threshold: PerChannel
    limit: int

    def __post_init__(self) -> None:
        super().__post_init__()
        check_threshold(self.threshold)
        check_limit(self.limit)


@dataclass(frozen=True, eq=False)
class LatchedIF(Constant):
    """One spike at the first crossing; what arrives stays on as a current (Rueckauer and Liu 2018, linear PSPs).

    A spike that arrives in step s switches on its weight for the rest of the run: with I(t) the sum of all that arrived in
    the steps 0..t, S = I(t) + the direct input of step t, if it flows in t. U = V + (S + b) or sat(V + S + b), spike iff
    U >= threshold; then V = 0, and the neuron is deaf for ever. Synchronous networks only. An activation is the inverse of the
    time, so late spikes count too little.
    """

    threshold: PerChannel
    reset: ClassVar[Reset] = "zero"
    refractory: ClassVar[int] = LONGEST

    def __post_init__(self) -> None:
        super().__post_init__()
        check_threshold(self.threshold)


@dataclass(frozen=True, eq=False)
class FewSpikeIF(Constant):
    """A few spikes of different weight stand for a number (Stoeckl and Maass 2021, their T, h and d). Layerwise only.

    In step k: spike iff U >= threshold thresholds[k]; then V = U - threshold resets[k], else U. This V is not saturated, the
    U of the next step is. A spike that arrives in step k brings amplitudes[k] times its weight to S; it is recorded, and
    counted in spikes and synaptic operations, as one. With thresholds = resets = amplitudes = 2**(K - 1 - k) the spikes are
    the binary digits of U / threshold, clip(floor(U / threshold), 0, 2**K - 1). `threshold`: > 0, scalar, `(channels,)` or
    one a neuron. Fixed point needs whole numbers everywhere.
    """

    threshold: PerChannel
    thresholds: tuple[float, ...]
    resets: tuple[float, ...]
    amplitudes: tuple[float, ...]
    tag: ClassVar[str] = "FewSpike"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_threshold(self.threshold)
        lengths = {len(self.thresholds), len(self.resets), len(self.amplitudes)}
        if len(lengths) > 1 or not 1 <= max(lengths) <= MOST_FEW:
            raise InvalidNetwork(
                f"expected thresholds, resets and amplitudes of one length from 1 to {MOST_FEW} steps, got "
                f"{len(self.thresholds)}, {len(self.resets)} and {len(self.amplitudes)}"
            )
        if not np.all(np.isfinite([*self.thresholds, *self.resets, *self.amplitudes])):
            raise InvalidNetwork("expected finite thresholds, resets and amplitudes, got NaN or infinity")
        if not any(self.amplitudes):
            raise InvalidNetwork("expected an amplitude other than zero")


@dataclass(frozen=True, eq=False)
class MaxGate:
    """Spiking max-pool over the `Windows` of its source, one a channel: it sends the change of the largest accumulated count.

    With c_i(t) the sum of what has arrived of input i of the window in the steps 0..t, m(t) = max_i c_i(t) and m before the
    first step 0, the gate sends the number m(t) - m(t - 1), of either sign, in step t: its total is the largest count, always,
    also of signed spikes. Layerwise c_i is that of the whole run: with left = max_i c_i at first, each step it sends
    s = min(max(left, -q), q), left = left - s. q is the most that a neuron of its sources sends in a step: `limit` of a Burst, or
    at the input of Bursts and AddressEvents, q of another gate, the largest of several sources, else 1. Channels that no
    projection reaches have m = 0. Projections into it have no pool, shift or delay. Graded sources (time codes: the earliest
    spike; QuantReLU; a direct input in a network of one step) give max_i x_i, sent once. No bias, no potential: what is
    recorded as its potential is m(t), layerwise `left` after the step, of graded sources the value.
    """


@dataclass(frozen=True, eq=False)
class Integrator:
    """Never fires, sends nothing; its potential is the answer (readout "potential").

    V = V + (S + b), in fixed point V = sat(V + S + b); in a time-coded network once, V = initial + (S + b).
    """


@dataclass(frozen=True, eq=False)
class Ramp:
    """Time to first spike; at most one spike (Stanojevic et al. 2022, with unit slope: one unit of time = one of value).

    While its sources fire, an input spike of value x (the time left in the source's window) adds `w x`, so that at the end
    of that window V = sum(w x) + b. Then V climbs with slope one through the neuron's own window `[0, window]` towards
    `window`: the spike comes at t = window - V and has the value x = window - t = min(max(V, 0), window); V <= 0 stays silent.
    With `levels` the spike waits for the grid: x = window / levels * clip(floor(V levels / window + 1/2), 0, levels).
    Fixed point: `window` = d levels with an integer d, the charge of a slot; what is sent is the slots left,
    clip((2 V + d) // (2 d), 0, levels), // rounding down, with V = sat(initial + S + b), S = sum of w times slots. V is
    what is recorded as the potential.
    """

    window: float
    levels: int | None = None

    def __post_init__(self) -> None:
        if not (np.isfinite(self.window) and self.window > 0):
            raise InvalidNetwork(f"expected a window > 0, got {self.window}")
        if self.levels is not None:
            check_whole(self.levels, 1, MOST_LEVELS, "the levels of a Ramp")


@dataclass(frozen=True, eq=False)
class QuantReLU(Constant):
    """No state, one step: y = clip(floor(V multiplier / 2**shift + 1/2), 0, levels), V = S + b: an integer, sent on as it is.

    float32 networks: `multiplier` = 1 / (size of a level) and shift = 0; V is rounded to float32, the product is float64. Fixed
    point: integers, shift >= 0, V = sat(S + b), and y = clip((2 V multiplier + 2**shift) >> (shift + 1), 0, levels) with
    exact integers. No initial potential; V is what is recorded as the potential.
    """

    multiplier: PerChannel
    shift: int
    levels: int

    def __post_init__(self) -> None:
        super().__post_init__()
        check_whole(self.levels, 1, MOST_LEVELS, "the levels of a QuantReLU")
        check_whole(self.shift, 0, 62, "the shift of a QuantReLU")
        check_numbers(self.multiplier, "multipliers")
        if not np.all(np.asarray(self.multiplier) > 0):
            raise InvalidNetwork("expected multipliers > 0; a channel that is always zero should be pruned")


Neuron = (
    Source | IF | LIF | SignedIF | TernaryIF | Burst | LatchedIF | FewSpikeIF | MaxGate | Integrator | Ramp | QuantReLU
)
SPIKING = (IF, LIF)
"""Neurons of at most one spike a step, of one sign."""
FIRING = (IF, LIF, SignedIF, TernaryIF, Burst, LatchedIF, FewSpikeIF)
"""Neurons with a potential and a threshold that fire in steps."""
GRADED = (Ramp, QuantReLU)
"""Neurons that send one value."""


def amplitude(neuron: Neuron, step: int) -> float:
    """What a spike that arrives in `step` brings, in units of its weight: 1, except from FewSpikeIF neurons."""
    return neuron.amplitudes[step] if isinstance(neuron, FewSpikeIF) else 1


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
