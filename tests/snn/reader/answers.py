"""What `snn.network`, `snn.decisions` and `snn.activity` state of readouts, early decision and counts."""

import numpy as np

from spikewright.snn import Quiescence, TerminateDelta, TerminateMax
from tests.snn.reader.encode import weight
from tests.snn.reader.gates import graded


def readout(sample, t: int) -> np.ndarray:
    """The logits after step t."""
    network = sample.network
    if network.readout == "potential":
        return sample.potentials[network.output][t]
    sent = sample.sent[network.output][: t + 1]
    if network.readout == "count" or sample.timed:
        return sum(weight(network.code, step) * row for step, row in enumerate(sent))
    return (np.cumsum(sent != 0, axis=0) > 0).sum(0)


def decided(sample, t: int) -> bool:
    """Whether step t is the last one of the sample."""
    decision, logits = sample.network.decision, np.sort(sample.logits[t])
    if isinstance(decision, TerminateDelta):
        return logits.size > 1 and logits[-1] - logits[-2] >= decision.lead
    if isinstance(decision, TerminateMax):
        return logits[-1] >= decision.count
    window = getattr(sample.network.code, "window", None)
    if not isinstance(decision, Quiescence) or window is None:
        return False
    others = [sent[t] for name, sent in sample.sent.items() if name != sample.network.input]
    return t >= window and not any(row.any() for row in others)


def spikes(sample) -> dict[str, int]:
    """Spikes of each population; values count once."""
    counted = {}
    for population in sample.network.populations:
        sent = abs(sample.sent[population.name])
        counted[population.name] = int((sent != 0).sum() if graded(sample.network, population) else sent.sum())
    return counted


def operations(sample) -> dict[str, int]:
    """Synaptic operations of each projection: of what arrives while the sample runs; of a value once."""
    counted = {}
    for q in sample.network.projections:
        arrived = abs(sample.arrived[q.source])
        once = graded(sample.network, sample.network.by_name[q.source])
        spikes = (arrived[0] != 0).astype(np.int64) if once else arrived[: max(sample.taken - q.delay, 0)].sum(0)
        counted[q.name] = sample.wires[q.name].operations(spikes)
    return counted
