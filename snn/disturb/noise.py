"""Noise and faults of a running network, seeded per sample: independent of batch size, threads and engine.

Every draw is a pure function of (seed, stream, sample, step, neuron), the neuron counted C, H, W row-major:

    draw = m(m(m(m(seed + g stream) + g sample) + g step) + g neuron)   with uint64 wrap-around,

g = 0x9E3779B97F4A7C15 and m the finaliser of splitmix64 (Steele, Lea, Flood 2014):

    m(z):  z = (z ^ z >> 30) 0xBF58476D1CE4E5B9;  z = (z ^ z >> 27) 0x94D049BB133111EB;  z ^ z >> 31

sample: its place in the batch that `simulate` was given, from 0. step: t of the run, from 0, layerwise the population's own
step; 0 in time codes. stream: 16 * (place of the population in `network.populations`, from 0; not in `order`) + kind; the
kinds stand with the records. "With probability p" means iff draw < floor(p 2**64). A normal draw n of three kinds is the sum
of the twelve 16-bit fields f of their draws, n = (sum f + 6) / 65536 - 6: mean 0, variance 1, |n| < 6, and exact.

`StuckAt` acts first, then the others in the order given, each on what the one before left, on what the input and the spiking
populations send in a step; graded values (direct input, QuantReLU, a MaxGate of them) are not touched, except in time codes.
What is left is what arrives, through all projections of the population alike, after their delay. `populations`: the names
that it acts on; all when empty.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from spikewright import InvalidInput
from spikewright.snn.checked import is_between
from spikewright.snn.disturb.seeded import SeededRecord

Names = tuple[str, ...]
KINDS_A_POPULATION = 16


@dataclass(frozen=True)
class InputNoise(SeededRecord):
    """Noise on the input values before they are encoded: x = clip(x + deviation n, 0, 1), n normal of kinds 4 to 6, step 0.

    In float64, rounded to float32. The "neuron" is the place in the flat sample, over all frames where there are frames.
    """

    deviation: float
    seed: int = 0


@dataclass(frozen=True)
class SpikeDeletion(SeededRecord):
    """All that a neuron sends in a step is lost on its way with `probability`. Kind 0. The neuron is reset all the same."""

    probability: float
    seed: int = 0
    populations: Names = ()


@dataclass(frozen=True)
class SpikeInsertion(SeededRecord):
    """A neuron of which nothing arrives in a step seems to send one spike, +1, with `probability`. Kind 2.

    Nothing: 0, also where jitter made spikes of both signs meet.
    Time codes: a silent neuron seems to fire at a random time, value = draw / 2**64 * window of kind 13, on the grid of slots
    floor(draw / 2**64 * levels + 1/2) where there is one.
    """

    probability: float
    seed: int = 0
    populations: Names = ()


@dataclass(frozen=True)
class SpikeJitter(SeededRecord):
    """All that a neuron sends in step t arrives in min(max(t + draw mod (2 width + 1) - width, 0), steps - 1). Kind 1.

    What meets in a step is added. In a time-coded network a spike comes later by (draw / 2**64 * 2 - 1) * width * window,
    earlier if that is negative: its value x, the time left, is min(max(x - that, 0), window), on a grid of slots
    floor(. levels / window + 1/2) of them (fixed point: of the slots x, with window = levels). Silent neurons stay silent.
    """

    width: float
    seed: int = 0
    populations: Names = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if not is_between(self.width, 0, 1_000_000):
            raise InvalidInput(f"expected a jitter width from 0 to 1000000, got {self.width!r}")


@dataclass(frozen=True)
class StuckAt(SeededRecord):
    """A `fraction` of the neurons always sends 0 or always 1, whatever its potential. Kind 3, sample 0, step 0: one chip.

    Part of what the neuron sends: it is recorded and read out, and other noise finds it so, whatever the order; of two that
    hit a neuron the later one holds. Its potential goes on as if it were whole. Time codes: 1 is the earliest spike, the whole
    window. There, each channel of a MaxGate has the window and slots of its own source; one that no projection reaches has
    none and stays silent.
    """

    value: int
    fraction: float
    seed: int = 0
    populations: Names = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.value not in (0, 1):
            raise InvalidInput(f"expected neurons stuck at 0 or 1, got {self.value!r}")


@dataclass(frozen=True)
class MembraneNoise(SeededRecord):
    """Normal noise on the potential of neurons with a threshold, in each step: S + deviation threshold n, kinds 4 to 6.

    float32: (deviation threshold) n in float64, rounded to float32, then added to the S of the step; fixed point:
    floor((deviation threshold) n + 1/2). A MaxGate, an Integrator and a QuantReLU have none. Layerwise in all T steps. Under
    `PhaseCode` S and threshold are those of the step, times its weight; of a FewSpikeIF it is `threshold` alone in all steps,
    of a TernaryIF that of +1. In a LatchedIF it is in the S of its own step only. Time codes: once, in float64, with the window
    for the threshold (d * levels in fixed point).
    """

    deviation: float
    seed: int = 0
    populations: Names = ()


@dataclass(frozen=True)
class PotentialBitFlips(SeededRecord):
    """Upsets in the potential memory: before a step each potential has one bit flipped with `probability`. Kind 7.

    The bit is draw mod (declared width), kind 13; bit 0 is the least significant. Fixed point, neurons with a threshold, deaf or
    not, and integrators; the words are two's complement of the declared width. The potential so changed is the V that leaks.
    A V of a FewSpikeIF beyond the width is cut to its low bits where it is hit, and only there.
    """

    probability: float
    seed: int = 0
    populations: Names = ()


Transmission = SpikeDeletion | SpikeInsertion | SpikeJitter
Noise = InputNoise | Transmission | StuckAt | MembraneNoise | PotentialBitFlips


def acts_on(noise: object, population: str) -> bool:
    """Whether noise acts on a population: it names it, or none."""
    names: Iterable[str] = getattr(noise, "populations", ())
    return not names or population in names


def multiplicity(noise: tuple[Noise, ...], steps: int) -> int:
    """How many steps' worth of one neuron's spikes can arrive in one step: jitter gathers them, also inserted ones."""
    widths = [int(one.width) for one in noise if isinstance(one, SpikeJitter)]
    gathered = min(steps, 1 + 2 * sum(widths))
    return gathered if gathered == 1 else gathered * (1 + sum(isinstance(one, SpikeInsertion) for one in noise))
