"""Operation counts as NeuroBench defines them (Yik et al., Nature Communications 2025), from the rasters of a run.

Layers with weights (linear, convolutions) are counted in each step: every pair of an input and a weight that are not zero is
one operation, and "Dense" counts all pairs. Where the inputs of a layer in a step are 0, 1 and -1 in all samples,
operations are accumulations (ACs), else multiplications with accumulation (MACs). A number that stands for the whole run
(a direct input) is counted in each step. Unlike `Activity.synaptic_operations`, two spikes of a neuron in a step count once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidInput
from spikewright.snn import Activity, Network, Projection
from spikewright.snn.reference.synapses import additions, arranged, pooled
from spikewright.snn.requirements import check_network
from spikewright.snn.synapses import Weighted
from spikewright.snn.traits import sent
from spikewright.weights import dense

Values = NDArray[Any]


def neurobench_counts(network: Network, activity: Activity) -> Mapping[str, float]:
    """Effective_MACs, Effective_ACs and Dense, each an inference, and ActivationSparsity, under NeuroBench's names.

    The activity needs `record=("rasters",)`. Samples of a batch share the judgement whether a layer's inputs are spikes, so
    counts are those of the whole batch. Raises InvalidInput without rasters, and for delays and early decisions, which
    NeuroBench does not have.
    """
    _check(network, activity)
    found = {"Effective_MACs": 0.0, "Effective_ACs": 0.0, "Dense": 0.0}
    for projection in network.projections:
        if isinstance(projection.synapse, Weighted):
            for values in _inputs(network, activity, projection):
                spiking = bool(np.isin(values, (0, 1, -1)).all())
                done, whole = _pairs(projection, values)
                found["Effective_ACs" if spiking else "Effective_MACs"] += done
                found["Dense"] += whole
    samples = len(activity.decision_step)
    counts = {name: count / samples for name, count in found.items()}
    return counts | {"ActivationSparsity": _sparsity(network, activity)}


def _check(network: Network, activity: Activity) -> None:
    check_network(network)
    if not isinstance(activity, Activity):
        raise InvalidInput(f"expected an Activity, got {type(activity).__name__}; try simulate(network, images)")
    missing = [p.name for p in network.populations if p.neuron.sends != "nothing" and p.name not in activity.rasters]
    if missing:
        raise InvalidInput(f'expected rasters of {missing[0]!r}, got none; try simulate(..., record=("rasters",))')
    if network.decision is not None or any(projection.delay for projection in network.projections):
        raise InvalidInput("expected no early decision and no delays, got one; NeuroBench has no counts for them")


def _inputs(network: Network, activity: Activity, projection: Projection) -> Iterator[Values]:
    """What enters the layer in each step, `(batch, *shape)`, in units in which a spike is one."""
    source = network.by_name[projection.source]
    kind = sent(network, source)
    unit = prod(projection.pool) * ((kind.most or 1) if kind.once and network.numbers == "fixed" else 1)
    for row in activity.rasters[source.name]:
        entering = pooled(arranged(row, projection.order), projection.pool) / unit
        for _ in range(network.steps if kind.once else 1):
            yield entering


def _pairs(projection: Projection, values: Values) -> tuple[float, float]:
    """Pairs of an input and a weight that are not zero, and all pairs."""
    alone = replace(projection, pool=(1, 1), order=None)
    synapse = projection.synapse
    assert isinstance(synapse, Weighted)
    full = replace(alone, synapse=synapse.with_weights(dense(np.ones(synapse.weights.shape, np.int8))))
    return float(additions(alone, values != 0).sum()), float(additions(full, np.ones_like(values)).sum())


def _sparsity(network: Network, activity: Activity) -> float:
    """The share of zeros in what all neurons but the inputs sent."""
    rasters = [activity.rasters[p.name] for p in network.populations if p.neuron.fires]
    size = sum(raster.size for raster in rasters)
    return 1 - sum(int(np.count_nonzero(raster)) for raster in rasters) / size if size else 0.0
