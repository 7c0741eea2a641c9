"""Brian2 on fully connected networks: C++ standalone, the network of `snn.interop.brian2`, its input's current hoisted."""

import time
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.timing import Speed
from spikewright import SpikewrightError
from spikewright.snn import Identity, Linear, Network
from spikewright.snn.neurons import Source


@dataclass(frozen=True, eq=False)
class Measured:
    """Brian2's answer and its speed; `setup_s`: code generation, compilation and building the synapses."""

    images: NDArray[np.float32]
    logits: NDArray[Any]
    counts: dict[str, NDArray[Any]]
    speed: Speed
    setup_s: float
    version: str
    how: str = "C++ standalone, float64, input hoisted, one image after another; only the run is timed, once"


def measure_brian2(network: Network, images: NDArray[np.float32]) -> Measured | str:
    """Brian2's figures, or why there are none."""
    if not all(isinstance(q.synapse, Linear) for q in network.projections):
        return "left out: every shared weight of a convolution would be a synapse of its own; measured on the MLP"
    try:
        installed = version("brian2")
        currents, hoisted = hoist(network, images)
        start = time.perf_counter()
        outcome, seconds = _run(hoisted, currents)
    except (PackageNotFoundError, SpikewrightError) as error:
        return f"left out: {error}"
    setup_s, rate = time.perf_counter() - start - seconds, len(images) / seconds
    logits = np.asarray(outcome.potential).reshape(len(images), -1)
    return Measured(images, logits, dict(outcome.spikes), Speed(rate, rate, rate), setup_s, installed)


def hoist(network: Network, images: NDArray[np.float32]) -> tuple[NDArray[np.float32], Network]:
    """The network whose input is already the current `W x` of the first layer: images become `(batch, neurons)`."""
    first = next(q for q in network.projections if q.source == network.input)
    weights = first.synapse.weights.values()
    currents = images.reshape(len(images), -1).astype(np.float32) @ weights.T
    target = network.by_name[first.target]
    source = replace(network.by_name[network.input], shape=target.shape, neuron=Source())
    return currents, replace(
        network,
        populations=tuple(source if p.name == network.input else p for p in network.populations),
        projections=tuple(replace(q, synapse=Identity()) if q is first else q for q in network.projections),
    )


def _run(network: Network, currents: NDArray[np.float32]) -> tuple[Any, float]:
    """What `snn.interop.brian2.simulate` does, with the seconds that the compiled program itself measured."""
    import brian2

    from spikewright.snn.interop.brian2 import generating
    from spikewright.snn.interop.brian2_model import BrianModel
    from spikewright.snn.interop.tools import emitted

    with generating(brian2, "cpp_standalone"):
        outcome = BrianModel(brian2, network, emitted(network, currents)).run()
        return outcome, float(brian2.get_device()._last_run_time)
