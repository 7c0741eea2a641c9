"""Cases of every allowed neuron, synapse, code, schedule, readout, decision and storage, with inputs and noise that fit.

All float numbers are dyadic, so that their sums are exact whatever the order of additions.
"""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from spikewright.snn import (
    AddressEvents,
    Bursts,
    Delta,
    Direct,
    InputNoise,
    JitteredPeriodic,
    MembraneNoise,
    Network,
    PhaseCode,
    Poisson,
    PotentialBitFlips,
    RateCode,
    SingleBurst,
    SpikeDeletion,
    SpikeInsertion,
    SpikeJitter,
    SpikeSelectCode,
    StuckAt,
    ThresholdVariation,
    TtfsCode,
    WeightBitFlips,
    WeightVariation,
)
from tests.snn.full_sketch import LINES, PLANES, FullSketch
from tests.snn.small import events
from tests.snn.strategies import Case

SEEDS = st.integers(0, 2**63 - 1)
CHANCES = st.sampled_from([0.0, 0.1, 0.5, 1.0])
SMALL = st.integers(1, 3)
ONE_STEP = (Direct, RateCode, Bursts, Poisson, JitteredPeriodic, SingleBurst, Delta, AddressEvents)
STEPPED = (*ONE_STEP, SpikeSelectCode, PhaseCode)
NUMBERS = st.sampled_from(["float32", "fixed"])


@dataclass(frozen=True)
class Wish:
    """What a drawn network should be: its family, numbers and code (None: any), with delays or not, deciding or not."""

    family: str = "spiking"
    numbers: str | None = None
    code: type | None = None
    late: bool = True
    decides: bool = False


def codes_of(kind: type, steps: int, fixed: bool):
    """Strategies of one code over some steps."""
    windows = st.none() | st.integers(1, steps)
    return {
        Direct: st.builds(Direct, st.just(steps), st.sampled_from([7, 15] if fixed else [None, 7, 15]), windows),
        RateCode: st.just(RateCode(steps)),
        Bursts: st.builds(Bursts, st.just(steps), st.integers(1, 5)),
        Poisson: st.builds(Poisson, st.just(steps), st.sampled_from([0.3, 1.0]), SEEDS),
        JitteredPeriodic: st.builds(
            JitteredPeriodic, st.just(steps), st.just(1.0), st.just(6.0), st.sampled_from([0.0, 0.5]), seed=SEEDS
        ),
        SingleBurst: st.builds(SingleBurst, st.just(steps), st.sampled_from([0.0, 0.25])),
        Delta: st.builds(Delta, st.just(steps), st.sampled_from([0.125, 0.25])),
        AddressEvents: st.builds(AddressEvents, st.just(steps), st.just(10), st.integers(1, 3)),
        SpikeSelectCode: st.builds(SpikeSelectCode, st.just(steps), SMALL),
        PhaseCode: st.builds(PhaseCode, st.integers(1, 5), SMALL),
        TtfsCode: st.just(TtfsCode(16)) if fixed else st.builds(TtfsCode, st.sampled_from([None, 16])),
    }[kind]


@st.composite
def full_networks(draw, wish: Wish) -> Network:
    numbers = wish.numbers or draw(NUMBERS)
    kinds = {"timed": (TtfsCode,), "quantised": ONE_STEP, "spiking": STEPPED}[wish.family]
    steps = draw(st.sampled_from([*range(2, 10), *range(2, 10), 1, 36])) if wish.family == "spiking" else 1
    code = draw(codes_of(wish.code or draw(st.sampled_from(kinds)), steps, numbers == "fixed"))
    plain = isinstance(code, PhaseCode) or wish.decides
    schedule = "synchronous" if plain else draw(st.sampled_from(["synchronous", "layerwise"]))
    sketch = FullSketch(draw, wish.family, numbers, code, schedule)
    sketch.late, sketch.decides = wish.late, wish.decides
    for _ in range(draw(st.integers(1, 2))):
        draw(st.sampled_from(PLANES if len(sketch.last.shape) == 3 else LINES))(sketch)
    sketch.recurrent()
    if draw(st.booleans()) or wish.family == "timed":
        sketch.linear(4, sketch.neuron(4))
        sketch.recurrent()
    return sketch.close()


@st.composite
def full_cases(draw, wish: Wish = Wish()) -> Case:
    """A network and one to four inputs for it: sixteenths in [0, 1] with zeros, frames, or events."""
    network = draw(full_networks(wish))
    random = np.random.default_rng(draw(st.integers(0, 2**20)))
    return Case(network, inputs_for(network, random, draw(st.integers(1, 4))))


def inputs_for(network: Network, random: np.random.Generator, batch: int):
    """Seeded inputs that the network's code can take."""
    shape, code = network.by_name[network.input].shape, network.code
    if isinstance(code, AddressEvents):
        return [camera(random, shape, code) for _ in range(batch)]
    low = -16 if isinstance(code, Delta) or (isinstance(code, Direct) and code.levels is None) else 0
    if isinstance(code, Delta):
        shape = (shape[0] // 2, *shape[1:])
        shape = (code.steps, *shape) if random.random() < 0.5 else shape
    return (np.maximum(random.integers(-5, 17, (batch, *shape)), low) / 16).astype(np.float32)


def camera(random: np.random.Generator, shape, code: AddressEvents):
    """About an event for each pixel, in order of time; a few of them, never the first, after the end."""
    count = int(random.integers(0, 2 * np.prod(shape)))
    high = (shape[2], shape[1], code.step_us * (code.steps + 1), shape[0])
    rows = random.integers(0, high, (count, 4))
    rows = rows[np.argsort(rows[:, 2], kind="stable")]
    rows[:1, 2] %= code.step_us * code.steps  # a recording that begins after the end is refused
    return events(*map(tuple, rows))


@st.composite
def disturbances(draw, network: Network):
    """One to three records of noise and faults that fit the network, on all populations or on one; sometimes all at once."""
    fixed, timed = network.numbers == "fixed", isinstance(network.code, TtfsCode)
    where = st.sampled_from([(), (), (draw(st.sampled_from([p.name for p in network.populations])),)])
    kinds = [
        st.builds(SpikeDeletion, CHANCES, SEEDS, where),
        st.builds(SpikeInsertion, CHANCES, SEEDS, where),
        st.builds(StuckAt, st.sampled_from([0, 1]), CHANCES, SEEDS, where),
        st.builds(MembraneNoise, st.sampled_from([0.1, 1.0]), SEEDS, where),
        st.builds(ThresholdVariation, st.sampled_from([0.2, 2.0]), SEEDS, where),
    ]
    if network.decision is None and not any(q.delay for q in network.projections):
        kinds += [st.builds(SpikeJitter, st.integers(0, 3), SEEDS, where)] * 2
    if fixed and not timed:
        kinds += [st.builds(PotentialBitFlips, CHANCES, SEEDS, where)] * 2
    if fixed:
        kinds += [
            st.builds(WeightVariation, st.just(0.5), SEEDS),
            st.builds(WeightBitFlips, CHANCES, st.none(), SEEDS),
        ]
    exact = fixed or timed or not isinstance(network.code, Direct) or network.code.levels is not None
    if exact and not isinstance(network.code, AddressEvents):
        kinds.append(st.builds(InputNoise, st.just(0.3), SEEDS))
    if draw(st.sampled_from([False, False, False, True])):
        return tuple(draw(kind) for kind in draw(st.permutations(kinds)))
    return tuple(draw(st.lists(st.one_of(kinds), min_size=1, max_size=3)))
