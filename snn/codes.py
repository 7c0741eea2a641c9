"""Codes: how numbers become spikes at the input, and over how many steps.

x is an input value in [0, 1], float32 read as float64, in which all of a code is computed; i its neuron (row-major), t = 0, 1,
... the step. Draws are those of `snn.disturb.noise`, stream = 16 * (place of the input population) + the kind given with the
code. In fixed point and in float32 networks the same numbers are sent, except by TtfsCode. In both schedules the input sends
by steps t.
"""

from dataclasses import dataclass
from math import isfinite
from typing import ClassVar

from spikewright import InvalidInput
from spikewright.snn.checked import check_levels, check_limit, check_seed, check_steps, is_whole, plain

LONGEST_PHASE = 16
"""The most steps of a period: its weights are powers of two."""


@dataclass(frozen=True)
class Direct:
    """The image is a constant current: S = W x enters in each of `steps` steps (computed once). Neurons inside send counts.

    With `levels`, x in [0, 1] is first the integer floor(x levels + 1/2); fixed point needs it. With `window`, the current
    and every bias flow in the steps t < window only; the network then settles. Its spikes are the numbers sent (with
    `levels` after the rounding) that are not zero, counted once a run, and so are its synaptic operations.
    """

    steps: int
    levels: int | None = None
    window: int | None = None
    graded: ClassVar[bool] = True

    def __post_init__(self) -> None:
        plain(self)
        check_steps(self.steps)
        check_levels(self.levels)
        if self.window is not None and not is_whole(self.window, 1, self.steps):
            raise InvalidInput(f"expected a window from 1 to {self.steps} steps, got {self.window}")


@dataclass(frozen=True)
class RateCode:
    """Deterministic rate: pixel x in [0, 1] fires floor(x (t + 1) + 1/2) - floor(x t + 1/2) spikes in step t, evenly spread."""

    steps: int
    tag: ClassVar[str] = "Rate"
    graded: ClassVar[bool] = False

    def __post_init__(self) -> None:
        plain(self)
        check_steps(self.steps)


@dataclass(frozen=True)
class Bursts:
    """Deterministic rate of up to `limit` spikes a step: floor((m x) (t + 1) + 1/2) - floor((m x) t + 1/2), m = limit."""

    steps: int
    limit: int
    graded: ClassVar[bool] = False

    def __post_init__(self) -> None:
        plain(self)
        check_steps(self.steps)
        check_limit(self.limit)


@dataclass(frozen=True)
class Poisson:
    """Bernoulli spikes, the discrete Poisson train: one in step t iff draw(t, i) < floor(x probability 2**64). Kind 8.

    `probability`: of a spike in a step at x = 1.
    """

    steps: int
    probability: float = 1.0
    seed: int = 0
    graded: ClassVar[bool] = False

    def __post_init__(self) -> None:
        plain(self)
        check_steps(self.steps)
        check_seed(self.seed)
        if not 0.0 < self.probability <= 1.0:
            raise InvalidInput(f"expected a probability in (0, 1], got {self.probability}")


@dataclass(frozen=True)
class JitteredPeriodic:
    """Rate with noisy periods and a random start, as N2D2 and LEAT use it (Abderrahmane et al. 2020).

    Mean period P = 1 / (1 / shortest + (1 / longest - 1 / shortest) (1 - x)), in steps. Intervals D_k = P + (deviation P) n_k
    with normal draws n_k of kinds 9 to 11 at "step" k = 0, 1, ...; the first is U max(D_0, 0) with U = draw / 2**64 of kind 12
    at step 0, later ones are max(D_k, 1). A spike at time D_0 + ... + D_k falls into step floor of that. Pixels x <= `silent`
    never fire. N2D2's documentation and code differ on which end is fast; here, as in its code, x = 1 is.
    """

    steps: int
    shortest: float = 1.0
    longest: float = 1000.0
    deviation: float = 0.1
    silent: float = 0.0
    seed: int = 0
    graded: ClassVar[bool] = False

    def __post_init__(self) -> None:
        plain(self)
        check_steps(self.steps)
        check_seed(self.seed)
        if not (1.0 <= self.shortest <= self.longest and isfinite(self.longest)):
            raise InvalidInput(f"expected 1 <= shortest <= longest steps, got {self.shortest} and {self.longest}")
        if not (0.0 <= self.deviation <= 1.0 and 0.0 <= self.silent <= 1.0):
            raise InvalidInput(f"expected deviation and silent in [0, 1], got {self.deviation} and {self.silent}")


@dataclass(frozen=True)
class SingleBurst:
    """One spike a pixel, the brighter the earlier: in step floor((1 - x) (steps - 1) + 1/2); x <= `silent` never (N2D2, LEAT)."""

    steps: int
    silent: float = 0.0
    graded: ClassVar[bool] = False

    def __post_init__(self) -> None:
        plain(self)
        check_steps(self.steps)
        if not 0.0 <= self.silent <= 1.0:
            raise InvalidInput(f"expected silent in [0, 1], got {self.silent}")


@dataclass(frozen=True)
class PhaseCode:
    """Weighted spikes (Kim et al. 2018): in phase k = t mod period a spike counts 2**(period - 1 - k).

    X = floor(x (2**period - 1) + 1/2) is sent as its binary digits, the largest first, again in each of the `periods`: one
    spike in step t iff bit period - 1 - k of X is 1. Inside, S and the thresholds of a step are multiplied by that weight,
    and biases, as they are, enter in the steps with k = 0. The readout "count" counts spikes by their weight, too; V and
    "first" do not.
    """

    period: int
    periods: int = 1
    tag: ClassVar[str] = "Phase"
    graded: ClassVar[bool] = False

    def __post_init__(self) -> None:
        plain(self)
        if not is_whole(self.period, 1, LONGEST_PHASE):
            raise InvalidInput(f"expected a period of 1 to {LONGEST_PHASE} steps, got {self.period}")
        check_steps(self.periods)
        check_steps(self.steps)

    @property
    def steps(self) -> int:
        """All periods."""
        return self.period * self.periods


@dataclass(frozen=True)
class SpikeSelectCode:
    """Deterministic `RateCode` at the input, but hidden IF and LIF neurons let only their first `limit` spikes through.

    Our reading of LEAT's Spike Select (no definition is public): rate-coded input, few spikes in deep layers, early decision.
    A hidden neuron that crosses its threshold again is reset (and deaf, if it has refractory steps) and stays silent: neither
    recorded nor counted. The output population is not limited, nor is a MaxGate.
    """

    steps: int
    limit: int = 1
    tag: ClassVar[str] = "SpikeSelect"
    graded: ClassVar[bool] = False

    def __post_init__(self) -> None:
        plain(self)
        check_steps(self.steps)
        if not is_whole(self.limit, 1, 1_000_000):
            raise InvalidInput(f"expected a limit of 1 to 1000000 spikes, got {self.limit}")


@dataclass(frozen=True)
class Delta:
    """Change against a reference, as an event camera sees it. Input `(batch, *shape)`, held, or frames `(batch, steps, *shape)`.

    The reference r of a pixel begins at 0, x need not be in [0, 1]. In each step: x - r >= threshold gives an ON spike and r
    += threshold; else r - x >= threshold an OFF spike and r -= threshold (float64). The input population has twice the
    channels: ON first.
    """

    steps: int
    threshold: float
    graded: ClassVar[bool] = False

    def __post_init__(self) -> None:
        plain(self)
        check_steps(self.steps)
        if not (isfinite(self.threshold) and self.threshold > 0):
            raise InvalidInput(f"expected a threshold > 0, got {self.threshold}")


@dataclass(frozen=True)
class AddressEvents:
    """Events of an event camera, in tonic's convention: per sample a structured array with fields x, y, t (microseconds) and p.

    The input population is (polarities, rows, columns). An event falls into step floor(t / step_us); later ones are not used,
    and a recording whose first event is later is refused, since its clock does not begin at 0.
    More than `limit` events of a pixel in one step count as `limit`.
    """

    steps: int
    step_us: int
    limit: int = 1
    graded: ClassVar[bool] = False

    def __post_init__(self) -> None:
        plain(self)
        check_steps(self.steps)
        check_limit(self.limit)
        if not is_whole(self.step_us, 1, 2**62):
            raise InvalidInput(f"expected a step of a whole number of microseconds, at least 1, got {self.step_us}")


@dataclass(frozen=True)
class TtfsCode:
    """Time to first spike: pixel x in (0, 1] fires once, at 1 - x in a window of length one; 0 stays silent.

    With `levels` the spike time lies on a grid of that many slots: floor(x levels + 1/2) slots are left, 0 of them is silence,
    and x is that number / levels; fixed point sends the slots left. There is no time step: `steps` is 1, the window.
    """

    levels: int | None = None
    steps: ClassVar[int] = 1
    tag: ClassVar[str] = "Ttfs"
    graded: ClassVar[bool] = True

    def __post_init__(self) -> None:
        plain(self)
        check_levels(self.levels)


Code = (
    Direct
    | RateCode
    | Bursts
    | Poisson
    | JitteredPeriodic
    | SingleBurst
    | PhaseCode
    | SpikeSelectCode
    | Delta
    | AddressEvents
    | TtfsCode
)


def charge_steps(code: Code) -> int:
    """How many times a bias enters in the whole run: the steps that are `charged`; layerwise it enters times this, in step 0."""
    if isinstance(code, PhaseCode):
        return code.periods
    return (code.window or code.steps) if isinstance(code, Direct) else code.steps


def charged(code: Code, step: int) -> bool:
    """Whether biases and a direct input enter in `step`: before the end of a window, under `PhaseCode` at k = 0, else always."""
    if isinstance(code, PhaseCode):
        return step % code.period == 0
    return step < charge_steps(code)


def step_weight(code: Code, step: int) -> int:
    """What a spike of `step` counts: 1, except under `PhaseCode`."""
    return 1 << (code.period - 1 - step % code.period) if isinstance(code, PhaseCode) else 1


def most_sent(code: Code) -> int:
    """The most spikes that one neuron of the input population sends in a step (spike codes)."""
    return code.limit if isinstance(code, Bursts | AddressEvents) else 1
