"""A small network for every record of the data model, under its name: one table for all that must know each of them.

`NETWORKS[name]` holds the record `name`, a field that is not its default, or a structure (a circle, a refractory time)."""

from dataclasses import replace

import numpy as np

from spikewright.answers import Head
from spikewright.index_maps import IndexMap
from spikewright.linear_tails import Tail
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
    Quiescence,
    Ramp,
    RateCode,
    Report,
    ReportRow,
    Separable2d,
    SignedIF,
    SingleBurst,
    Source,
    SpikeSelectCode,
    TerminateDelta,
    TerminateMax,
    TernaryIF,
    TtfsCode,
    Upsample,
    Windows,
    codebook,
    dense,
    sparse,
)
from spikewright.snn.running import InputRange, Run, TwoPhase
from spikewright.snn.verdicts import Trial, Verdict
from spikewright.weights import Expression

SHAPE = (2, 4, 4)
ROWS = np.array([[1, 0, 0, 0], [0.5, -0.25, 0, 0], [0, 0, 0.75, 0.5]])
COLUMNS = np.array([[0, 1, 0.5, 0], [0, 0, 0, 0], [0, 0, 0, -1]])
CLASSES = 3
STEPS = 6


def weights(*shape: int) -> Expression:
    """Dyadic weights, the same for the same shape."""
    random = np.random.default_rng(sum(shape))
    return dense((random.integers(-6, 10, shape) / 16).astype(np.float32))


def sparse_weights(*shape: int) -> Expression:
    values = weights(*shape).values().reshape(-1)
    places = np.flatnonzero(values > 0)
    return sparse(shape, places.astype(np.uint32), values[places])


def shared_weights(*shape: int) -> Expression:
    random = np.random.default_rng(0)
    return codebook(
        random.integers(0, 3, shape).astype(np.uint8), np.array([-1, 1, 2], np.int8), np.full(shape[0], 0.25)
    )


def network(neuron=None, synapse=None, code=None, shape=SHAPE, order=None, **fields) -> Network:
    """in -> a (neuron) -> b (synapse, in an order) -> out, an Integrator."""
    neuron = neuron or IF(0.5)
    first = Conv2d(weights(2, 2, 3, 3), padding=(1, 1)) if len(shape) == 3 else Conv1d(weights(2, 2, 3), padding=1)
    middle = synapse or Conv2d(weights(2, 2, 3, 3), padding=(1, 1))
    inner = middle.output_shape(shape if order is None else order.shape)
    later = neuron if isinstance(neuron, Ramp | QuantReLU) else IF(0.75)
    parts = (
        Population("in", shape, Source()),
        Population("a", shape, neuron, 0.0625),
        Population("b", inner, MaxGate() if isinstance(middle, Windows) else later),
        Population("out", (CLASSES,), Integrator()),
    )
    last = Linear(weights(CLASSES, int(np.prod(inner))))
    projections = (
        Projection("in", "a", first),
        Projection("a", "b", middle, order=order),
        Projection("b", "out", last),
    )
    return Network(parts, projections, "in", "out", code or RateCode(STEPS), **fields)


def recurrent() -> Network:
    plain = network()
    loop = Projection("b", "a", Identity(-0.25), delay=2, name="back")
    return replace(plain, projections=(*plain.projections, loop))


def ordered() -> Network:
    """The last but one layer reads its source upside down, with a channel twice and one of nothing."""
    numbers = np.arange(32).reshape(SHAPE)[:, ::-1]
    order = IndexMap.of(SHAPE, np.stack([numbers[1], numbers[1], np.full((4, 4), -1)]))
    return network(synapse=Conv2d(weights(2, 3, 3, 3), padding=(1, 1)), order=order)


NETWORKS: dict[str, Network] = {
    "IF": network(IF(np.array([0.5, 0.75]), "zero")),
    "LIF": network(LIF(0.5, 0.25)),
    "SignedIF": network(SignedIF(0.5, limit=3)),
    "TernaryIF": network(TernaryIF(0.5, np.array([0.5, 1.0]))),
    "Burst": network(Burst(0.25, 3)),
    "LatchedIF": network(LatchedIF(0.75)),
    "FewSpike": network(
        FewSpikeIF(2.0, (4.0, 2.0, 1.0), (4.0, 2.0, 1.0), (4.0, 3.0, 1.0)), code=Direct(3, 15, 1), schedule="layerwise"
    ),
    "MaxGate": network(synapse=Windows((2, 2), (2, 2))),
    "Ramp": network(Ramp(2.0, 8), code=TtfsCode(16)),
    "QuantReLU": network(QuantReLU(np.array([2.5, 3.5]), 0, 15), code=Direct(1, 15)),
    "Integrator": network(),
    "refractory": network(IF(0.5, refractory=2)),
    "refractory leak": network(LIF(0.5, 0.5, refractory=1)),
    "a threshold for each neuron": network(IF(np.arange(8, 40).reshape(SHAPE) / 32)),
    "Conv1d": network(synapse=Conv1d(weights(4, 1, 3), 2, 1, 1, 2), shape=(2, 8)),
    "ConvTranspose2d": network(synapse=ConvTranspose2d(weights(2, 2, 3, 3), (2, 2), (1, 1), (1, 1))),
    "Upsample": network(synapse=Upsample((2, 1), np.array([0.5, 1.0]))),
    "AvgPool2d": network(synapse=AvgPool2d((2, 2), (2, 2), 0.25)),
    "Identity": network(synapse=Identity(0.5)),
    "Separable2d": network(synapse=Separable2d(ROWS, COLUMNS, np.array([0.5, 1.0]))),
    "Sparse": network(synapse=Conv2d(sparse_weights(4, 1, 2, 2), (2, 2), groups=2)),
    "Codebook": network(synapse=Conv2d(shared_weights(2, 2, 3, 3))),
    "delay": recurrent(),
    "order": ordered(),
    "Direct": network(code=Direct(STEPS, 15, 3)),
    "Rate": network(code=RateCode(STEPS), schedule="layerwise"),
    "Bursts": network(code=Bursts(STEPS, 3)),
    "Poisson": network(code=Poisson(STEPS, 0.5, 2**63 - 1)),
    "JitteredPeriodic": network(code=JitteredPeriodic(STEPS, 1.5, 9.0, 0.2, 0.125, 7)),
    "SingleBurst": network(code=SingleBurst(STEPS, 0.125)),
    "Phase": network(code=PhaseCode(3, 2)),
    "SpikeSelect": network(code=SpikeSelectCode(STEPS, 2)),
    "Delta": network(code=Delta(STEPS, 0.25)),
    "AddressEvents": network(code=AddressEvents(STEPS, 1000, 2)),
    "Ttfs": network(Ramp(1.0), code=TtfsCode()),
    "TerminateDelta": network(decision=TerminateDelta(1.5)),
    "TerminateMax": network(decision=TerminateMax(2.0)),
    "Quiescence": network(code=Direct(STEPS, window=2), decision=Quiescence()),
    "ReportRow": network(report=Report((ReportRow("a", "Conv2d", "kept", "müßig, but kept", 36, 32),))),
    "Verdict": network(
        report=Report((), Verdict(Trial(STEPS, 20, 19), (Trial(2 * STEPS, 20, 20),), True, "a", "clipping"))
    ),
    "Head": network(heads=(Head("multilabel", ending="sigmoid", threshold=0.25),)),
    "Tail": network(
        heads=(Head(shape=(2, 3)),),
        tail=Tail((1, 1, CLASSES), ROWS[:2, :1], columns=np.eye(CLASSES), bias=np.ones((2, 1, 3))),
    ),
    "Run": network(run=Run("its biases are those of its steps")),
}
TWO_PHASES = network(code=Direct(STEPS), run=Run(None, TwoPhase("cos", 2)))
RANGED = network(code=Direct(STEPS), run=Run(input_range=InputRange(-1.0, 2.0)))
"""What no engine runs by itself."""
