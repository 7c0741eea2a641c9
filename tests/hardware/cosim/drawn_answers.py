"""Networks drawn by seed over all that a core may answer by: read-outs, shapes of outputs, early decisions."""

from dataclasses import replace
from typing import Any

import numpy as np

from spikewright import snn
from spikewright.answers import Head
from tests.hardware.cosim.drawn import Random, drawn


def answering(seed: int) -> snn.Network:
    """A drawn network with any read-out of a vector or a map, and, where there may be one, a decision that often comes early."""
    random = np.random.default_rng([seed, 1])
    network = drawn(seed)
    if random.random() < 0.3:
        network = _without_last(network)
    elif random.random() < 0.5:
        network = _firing(random, network)
    out = network.by_name[network.output]
    readout: Any = str(random.choice(sorted(out.neuron.readouts)))
    network = replace(network, readout=readout)
    if network.schedule == "synchronous" and len(out.shape) == 1 and random.random() < 0.8:
        return replace(network, decision=_decision(random, network), code=network.code.with_steps(network.steps + 3))
    return network


def _without_last(network: snn.Network) -> snn.Network:
    """The layer in front of the output becomes the output; it is often a map."""
    last = network.projections[-1]
    return replace(
        network,
        populations=network.populations[:-1],
        projections=network.projections[:-1],
        output=last.source,
        readout="count",
        heads=(Head("values", network.by_name[last.source].shape),),
    )


def _firing(random: Random, network: snn.Network) -> snn.Network:
    """The output fires."""
    *others, last = network.populations
    threshold, reset = int(random.integers(2, 20)), str(random.choice(["subtract", "zero"]))
    kinds = (
        snn.IF(threshold, reset),  # type: ignore[arg-type]
        snn.SignedIF(threshold),
        snn.TernaryIF(threshold, threshold + 1),
    )
    neuron = kinds[0] if network.schedule == "layerwise" else kinds[random.choice(3, p=[0.5, 0.25, 0.25])]
    return replace(network, populations=(*others, replace(last, neuron=neuron)))


def _decision(random: Random, network: snn.Network) -> Any:
    height = float(random.choice([0.5, 1, 2, 3])) * (
        int(random.integers(1, 20)) if network.readout == "potential" else 1
    )
    kinds = (snn.TerminateDelta(height), snn.TerminateMax(height), snn.Quiescence())
    return kinds[random.choice(3, p=[0.45, 0.45, 0.1])]
