"""What hardware can be built from here: one list, asked before anything is designed, estimated or exported."""

from typing import Any

import numpy as np

from snn import IF, LIF, AvgPool2d, Conv2d, Direct, Identity, Integrator, Linear, Network, QuantReLU, Rate, Source
from snn.network import Population
from snn.running import check_one_phase
from spikewright import InvalidInput

NEURONS = (Source, IF, LIF, Integrator, QuantReLU)
SYNAPSES = (Linear, Conv2d, AvgPool2d, Identity)


def check_fixed(network: Network) -> None:
    """Raise InvalidInput unless hardware can be built from `network`, naming the part that no core here has.

    Cores have IF, LIF, Integrator and QuantReLU neurons without refractory steps, thresholds for channels, Linear,
    Conv2d, AvgPool2d and Identity synapses without delay, inputs by `Direct` or `Rate`, and no early decision.
    """
    if network.numbers != "fixed":
        raise InvalidInput(f"expected a fixed-point network, got {network.numbers}; call network.to_fixed() first")
    for population in network.populations:
        _check_neuron(population)
    for projection in network.projections:
        kind = type(projection.synapse)
        if kind not in SYNAPSES:
            raise InvalidInput(f"expected {_either(SYNAPSES)}, got {kind.__name__} in projection {projection.name!r}")
        if projection.delay:
            raise InvalidInput(
                f"expected no delay in hardware, got {projection.delay} steps in projection {projection.name!r}"
            )
    _check_run(network)


def _check_neuron(population: Population) -> None:
    neuron: Any = population.neuron
    name, kind = population.name, type(neuron)
    if kind not in NEURONS:
        raise InvalidInput(
            f"expected {_either(NEURONS[1:])} neurons, got {kind.__name__} in {name!r}; try another recipe"
        )
    if len(population.shape) not in (1, 3):
        raise InvalidInput(f"expected shapes (C, H, W) or (N,) in hardware, got {population.shape} in {name!r}")
    if getattr(neuron, "refractory", 0):
        raise InvalidInput(f"expected no refractory steps in hardware, got {neuron.refractory} in {name!r}")
    if np.ndim(getattr(neuron, "threshold", 0)) > 1:
        raise InvalidInput(f"expected one threshold or one for each channel in hardware, got one a neuron in {name!r}")


def _check_run(network: Network) -> None:
    check_one_phase(network, "hardware")
    code = network.code
    if type(code) not in (Direct, Rate):
        raise InvalidInput(f"expected the code Direct or Rate in hardware, got {type(code).__name__}")
    if isinstance(code, Direct) and code.window is not None:
        raise InvalidInput(f"expected a direct input in every step in hardware, got a window of {code.window} steps")
    if network.decision is not None:
        raise InvalidInput(
            f"expected no early decision in hardware, got {type(network.decision).__name__}; try replace(network, decision=None)"
        )


def _either(kinds: tuple[type, ...]) -> str:
    names = [kind.__name__ for kind in kinds]
    return f"{', '.join(names[:-1])} or {names[-1]}"
