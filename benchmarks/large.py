"""A generated network of explicit synapses, and what its simulation takes; run in a process of its own by `scale`."""

import itertools
import json
import resource
import sys
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

ADDRESS_SPACE = 14 << 30
"""The process may not ask for more: a machine that swaps measures its disk."""


@dataclass(frozen=True)
class Large:
    """The network.

    layers: populations one after the other.
    width: neurons of each.
    fan_out: neurons of the next population that each sends to.
    steps: of the run.
    density: spikes of a neuron in a step.
    threads: those of the engine.
    """

    layers: int = 100
    width: int = 10_000
    fan_out: int = 100
    steps: int = 100
    density: float = 0.05
    threads: int = 1

    @property
    def neurons(self) -> int:
        """Without the input."""
        return self.layers * self.width

    @property
    def synapses(self) -> int:
        """Explicit ones: every weight is stored."""
        return (self.layers - 1) * self.width * self.fan_out


def measure(wanted: Large) -> dict[str, Any]:
    """Build the network, simulate it twice, and say what it took; for a process of its own."""
    from spikewright.snn import set_threads, simulate

    set_threads(wanted.threads)
    start = time.perf_counter()
    network = build(wanted)
    built_s = time.perf_counter() - start
    rng = np.random.default_rng(1)
    images = rng.uniform(0, 2 * wanted.density, (1, wanted.width)).astype(np.float32)
    seconds = []
    for _ in range(2):
        start = time.perf_counter()
        activity = simulate(network, images)
        seconds.append(time.perf_counter() - start)
    operations = int(sum(count.sum() for count in activity.synaptic_operations.values()))
    return {
        "neurons": wanted.neurons,
        "synapses": wanted.synapses,
        "steps": wanted.steps,
        "threads": wanted.threads,
        "density": float(np.mean([activity.density[p.name] for p in network.order[1:-1]])),
        "synaptic_operations": operations,
        "build_s": built_s,
        "first_simulate_s": seconds[0],
        "simulate_s": seconds[1],
        "synaptic_operations_per_s_and_core": operations / seconds[1] / wanted.threads,
        "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


def build(wanted: Large) -> Any:
    """The network: an input that drives the first layer one to one, then random sparse layers that keep the density."""
    from spikewright.snn import Direct, Identity, Integrator, Linear, Network, Population, Projection, dense
    from spikewright.snn.neurons import Source

    rng = np.random.default_rng(0)
    names = [f"layer{place}" for place in range(wanted.layers)]
    shape = (wanted.width,)
    readout = Linear(dense(rng.integers(-127, 128, (10, wanted.width)).astype(np.float32)))
    mean = 64.0 * wanted.fan_out * wanted.density
    populations = [Population("input", shape, Source())]
    populations += [_layer(name, shape, mean / wanted.density if place else 1.0) for place, name in enumerate(names)]
    hidden = [_sparse(rng, wanted, pair) for pair in itertools.pairwise(names)]
    return Network(
        populations=(*populations, Population("output", (10,), Integrator())),
        projections=(Projection("input", names[0], Identity()), *hidden, Projection(names[-1], "output", readout)),
        input="input",
        output="output",
        code=Direct(wanted.steps),
    )


def _layer(name: str, shape: tuple[int, ...], threshold: float) -> Any:
    from spikewright.snn import IF, Population

    return Population(name, shape, IF(threshold), initial=threshold / 2)


def _sparse(rng: np.random.Generator, wanted: Large, pair: tuple[str, str]) -> Any:
    """`fan_out` weights from each neuron to random ones of the next layer, positive, 1 to 127."""
    from spikewright.snn import Linear, Projection, sparse

    stride = wanted.width // wanted.fan_out
    targets = np.arange(wanted.fan_out) * stride + rng.integers(0, stride, (wanted.width, wanted.fan_out))
    flat = np.sort((targets * wanted.width + np.arange(wanted.width)[:, None]).reshape(-1))
    values = rng.integers(1, 128, flat.size).astype(np.float32)
    return Projection(*pair, Linear(sparse((wanted.width, wanted.width), flat, values)))


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    print(json.dumps(measure(Large(**json.loads(sys.argv[1])))))
