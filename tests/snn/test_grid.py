"""Every synapse with every neuron, code and schedule, in both kinds of numbers: what is allowed is the same in the fast
engine and in the reference, bit for bit; what is refused raises. Which is which is written down here once more."""

from itertools import product

import numpy as np
import pytest

from spikewright import InvalidInput, InvalidNetwork
from spikewright.snn import (
    IF,
    LIF,
    AddressEvents,
    AvgPool2d,
    Burst,
    Bursts,
    Conv1d,
    Conv2d,
    ConvTranspose2d,
    Delta,
    Direct,
    FewSpikeIF,
    Identity,
    Integrator,
    JitteredPeriodic,
    LatchedIF,
    Linear,
    MaxGate,
    Network,
    PhaseCode,
    Poisson,
    Population,
    Projection,
    QuantReLU,
    Ramp,
    RateCode,
    Separable2d,
    SignedIF,
    SingleBurst,
    Source,
    SpikeSelectCode,
    TernaryIF,
    TtfsCode,
    Upsample,
    Windows,
    dense,
)
from tests.snn.full_strategies import inputs_for
from tests.snn.strategies import Case
from tests.snn.test_contract import assert_same, both

STEPPED = (IF, LIF, SignedIF, TernaryIF, Burst, LatchedIF, FewSpikeIF)
SYNAPSES = (Linear, Conv1d, Conv2d, ConvTranspose2d, AvgPool2d, Upsample, Identity, Separable2d, Windows)
NEURONS = (*STEPPED, MaxGate, Integrator, Ramp, QuantReLU)
SCHEDULES = ("synchronous", "layerwise")
SLOTS = 5


def codes(steps):
    """One of each kind; thresholds and periods are such that something happens in a few steps."""
    return (
        Direct(steps, 15), RateCode(steps), Bursts(steps, 3), Poisson(steps, 0.8, 1), JitteredPeriodic(steps, 1.0, 4.0, 0.3),
        SingleBurst(steps), PhaseCode(steps), SpikeSelectCode(steps, 2), Delta(steps, 0.25), AddressEvents(steps, 10, 2),
        TtfsCode(16),
    )  # fmt: skip


KINDS = tuple(type(code) for code in codes(1))


def allowed(synapse, neuron, code, schedule, steps):
    """Whether in -> [synapse] -> neuron -> Linear -> answer makes sense with this code and schedule."""
    if (synapse is Windows) != (neuron is MaxGate):
        return False  # only a gate compares, and it does nothing else
    if code is TtfsCode:
        return neuron in (Ramp, MaxGate, Integrator)
    if code is PhaseCode:
        return neuron in (IF, Integrator) and schedule == "synchronous"
    if code is SpikeSelectCode:
        return neuron in (IF, LIF, MaxGate, Integrator)
    if neuron in (LatchedIF, FewSpikeIF) and schedule != {LatchedIF: "synchronous", FewSpikeIF: "layerwise"}[neuron]:
        return False
    if neuron is MaxGate and code is Direct:
        return steps == 1  # a current has no counts to compare
    return neuron is not Ramp and (neuron is not QuantReLU or steps == 1)


def numbers(random, fixed, low, high, shape=()):
    whole = random.integers(low, high + 1, shape)
    return whole if fixed else (whole / 16).astype(np.float32)


def synapse_of(kind, random, fixed):
    """From a `(2, 4, 4)` (or `(2, 9)`) population."""
    shapes = {Linear: (6, 32), Conv1d: (4, 1, 3), Conv2d: (4, 2, 3, 3), ConvTranspose2d: (4, 2, 3, 2)}
    if kind in shapes:
        weights = numbers(random, fixed, -6, 8, shapes[kind]) * (random.random(shapes[kind]) < 0.8)
        more = {
            Conv1d: {"padding": 1, "stride": 2, "groups": 2}, Conv2d: {"padding": (1, 1), "stride": (1, 2)},
            ConvTranspose2d: {"stride": (2, 1), "padding": (1, 0), "output_padding": (1, 0)},
        }  # fmt: skip
        return kind(dense(weights.astype(np.int8 if fixed else np.float32)), **more.get(kind, {}))
    if kind is Windows:
        return Windows((3, 2), (1, 2), (1, 1))
    gain = numbers(random, fixed, 11, 15, (2,))
    if kind is Separable2d:
        rows, columns = (random.integers(-1, 3, (3, 4)) + np.eye(3, 4, dtype=int) for _ in range(2))
        return Separable2d(rows, columns, gain)
    return {AvgPool2d: lambda: AvgPool2d((2, 2), (1, 2), gain), Upsample: lambda: Upsample((2, 1), gain)}.get(
        kind, lambda: Identity(gain)
    )()


def neuron_of(kind, channels, random, fixed, steps=1):
    threshold, negative = (numbers(random, fixed, 1, 9, (channels,)) for _ in range(2))
    if kind is QuantReLU:
        return QuantReLU(random.integers(1, 30, channels), 4, 7) if fixed else QuantReLU(1.5, 0, 7)
    made = {
        IF: lambda: IF(threshold), LIF: lambda: LIF(threshold, 0.25, "zero", 1), SignedIF: lambda: SignedIF(threshold, 4),
        TernaryIF: lambda: TernaryIF(threshold, negative), Burst: lambda: Burst(threshold, 3), MaxGate: MaxGate,
        LatchedIF: lambda: LatchedIF(threshold * 3), FewSpikeIF: lambda: FewSpikeIF(threshold, *few(random, steps)),
        Integrator: Integrator, Ramp: lambda: Ramp(SLOTS if fixed else 1.0, SLOTS if fixed else None),
    }  # fmt: skip
    return made[kind]()


def few(random, steps):
    """Thresholds, resets and amplitudes of each step; amplitudes of both signs."""
    return (tuple(float(x) for x in random.integers(low, 5, steps) + 4 * (np.arange(steps) == 0)) for low in (0, 0, -2))


def build(synapse, neuron, code, schedule, fixed):
    """The network; time codes get a Ramp beside, since there is none without."""
    random = np.random.default_rng(NEURONS.index(neuron) * 100 + SYNAPSES.index(synapse))
    bits, kind = (12 if fixed else None), np.int8 if fixed else np.float32
    source = Population(
        "in", (2, 9) if synapse is Conv1d and not isinstance(code, AddressEvents) else (2, 4, 4), Source()
    )
    link = Projection("in", "x", synapse_of(synapse, random, fixed))
    shape = link.synapse.output_shape(source.shape)
    bias = 0 if neuron is MaxGate else numbers(random, fixed, -2, 3, (shape[0],))
    parts = [source, Population("x", shape, neuron_of(neuron, shape[0], random, fixed, code.steps), bias, 0, bits)]
    links, size = [link], parts[1].size
    if isinstance(code, TtfsCode):
        parts.append(Population("side", (2,), neuron_of(Ramp, 2, random, fixed), 0, 0, bits))
        links.append(Projection("in", "side", Linear(dense(np.ones((2, source.size), kind)))))
    if neuron is not Integrator:
        parts.append(Population("out", (3,), Integrator(), numbers(random, fixed, -2, 2, (3,)), 0, bits))
        links.append(Projection("x", "out", Linear(dense(numbers(random, fixed, -7, 7, (3, size)).astype(kind)))))
    output = "x" if neuron is Integrator else "out"
    return Network(tuple(parts), tuple(links), "in", output, code, schedule, numbers="fixed" if fixed else "float32")


@pytest.mark.parametrize("code", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("neuron", NEURONS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("synapse", SYNAPSES, ids=lambda kind: kind.__name__)
def test_every_combination(synapse, neuron, code):
    for schedule, fixed in product(SCHEDULES, (True, False)):
        for steps in (5, 1):
            arguments = (synapse, neuron, codes(steps)[KINDS.index(code)], schedule, fixed)
            if allowed(synapse, neuron, code, schedule, steps) and not (code is AddressEvents and synapse is Conv1d):
                compare(build(*arguments))
                break  # five steps say more than one
            with pytest.raises(InvalidNetwork):  # a camera has rows and columns, nothing for Conv1d
                build(*arguments)


def compare(network):
    fast, slow = both(Case(network, inputs_for(network, np.random.default_rng(5), 3)))
    assert_same(fast, slow)
    silent = isinstance(network.by_name["x"].neuron, Integrator)
    assert slow.potentials["x"].any() if silent else slow.rasters["x"].any()


def test_the_table_is_complete():
    """Records that the data model knows and this table does not would not be compared."""
    from spikewright.snn.codes import CODES
    from spikewright.snn.neurons import NEURONS as KNOWN
    from spikewright.snn.synapses import SYNAPSES as ALL

    assert set(CODES) == set(KINDS)
    assert set(KNOWN) == {Source, *NEURONS}
    assert set(ALL) == set(SYNAPSES)


def test_conv1d_of_a_camera_is_refused_for_its_input():
    network = Network(
        (Population("in", (2, 9), Source()), Population("a", (2, 9), Integrator())),
        (Projection("in", "a", Conv1d(dense(np.ones((2, 2, 1), np.float32)))),), "in", "a", AddressEvents(3, 10),
    )  # fmt: skip
    with pytest.raises(InvalidInput, match="polarities, rows, columns"):
        both(Case(network, [np.zeros(0, [("x", int), ("y", int), ("t", int), ("p", int)])]))
