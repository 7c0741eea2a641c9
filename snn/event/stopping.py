"""Early decision: the running answer of each sample, and who may stop."""

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.decisions import TerminateDelta, TerminateMax
from spikewright.snn.event.chunk import Array, Chunk
from spikewright.snn.network import Network


def has_decided(network: Network, chunk: Chunk, sent: Array, potential: Array) -> NDArray[np.bool_]:
    """Which samples stop after the step at hand.

    `sent`, `potential (samples, classes)`: of the output population in this step. Leads are exact, in float64 or integers.
    """
    step, decision = chunk.steps.start, network.decision
    if not isinstance(decision, TerminateDelta | TerminateMax):
        settles = network.code.graded and step >= network.code.charge_steps
        return chunk.quiet if settles else np.zeros(chunk.count, bool)
    logits = _logits(network, chunk, sent, potential, step)
    if isinstance(decision, TerminateMax):
        return np.asarray(logits.max(axis=1) >= decision.count)
    if logits.shape[1] == 1:
        return np.zeros(chunk.count, bool)
    two = np.partition(logits, -2, axis=1)[:, -2:]
    return np.asarray(two[:, 1] - two[:, 0] >= decision.lead)


def _logits(network: Network, chunk: Chunk, sent: Array, potential: Array, step: int) -> Array:
    if network.readout == "potential":
        return potential.astype(np.int64 if network.numbers == "fixed" else np.float64)
    counts = chunk.remember(network.output, "counts", sent.shape[1:], np.int64)
    if network.readout == "count":
        counts += sent.astype(np.int64) * network.code.weight(step)
        return counts
    fired = chunk.remember(network.output, "fired", sent.shape[1:], np.bool_, False)
    fired |= sent > 0
    counts += fired
    return counts
