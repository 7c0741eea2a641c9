"""What every population sent and received in a whole run, neuron by neuron."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from spikewright.conversion.diagnosis.parts import as_neurons, charge_of_one
from spikewright.snn import Activity, Network, Population
from spikewright.snn.twin.synapses import Path
from spikewright.snn.twin.through_time import held_populations

Values = NDArray[np.float64]


class Charges:
    """The charge of populations, from the engine's own potentials where these tell it, else through the synapses.

    A float32 neuron that subtracts its threshold holds V = v0 + Q - theta n at the end: Q has the engine's own rounding, and
    what the potential says of the count is exact. Elsewhere (reset to zero, leak, potentials that saturate at a declared
    width) Q is the sum of the weights of everything that arrived, in float64.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.held = held_populations(network)
        self.paths = {
            q.name: Path(network, q, torch.float64)
            for p in network.populations
            if p.neuron.sends in ("spikes", "values", "times") and not (p.neuron.latches or self.told(p))
            for q in network.incoming[p.name]
        }

    def told(self, population: Population) -> bool:
        """Whether the potential at the end tells the charge."""
        neuron, code = population.neuron, self.network.code
        if self.network.numbers == "fixed" or code.inside == "first spikes" or neuron.step_factors:
            return False
        keeps = neuron.fires and neuron.reset == "subtract" and not (neuron.refractory or neuron.leak)
        return keeps or neuron.potential == "once"

    def sent(self, activity: Activity) -> dict[str, Values]:
        """What each population sent, spikes by the weight of their step, `(samples, neurons)`."""
        return {name: self._total(raster, self.network.by_name[name]) for name, raster in activity.rasters.items()}

    def received(self, population: Population, activity: Activity, sent: Mapping[str, Values]) -> Values:
        """Q without the initial potential, `(samples, neurons)`."""
        if self.told(population):
            return self._from_potential(population, activity)
        samples = len(sent[population.name])
        bias = as_neurons(population.bias, population) * self._charges(population)
        charge: Values = np.broadcast_to(bias, (samples, population.size))
        for projection in self.network.incoming[population.name]:
            source = self.network.by_name[projection.source]
            times = self.network.code.charge_steps if self._repeats(source, population) else 1
            values = torch.from_numpy(sent[source.name] * times).reshape(samples, *source.shape)
            arrived: Values = self.paths[projection.name](values).reshape(samples, -1).numpy()
            charge = charge + arrived
        return charge

    def _from_potential(self, population: Population, activity: Activity) -> Values:
        trace = activity.potentials[population.name]
        last: Values = trace[-1].reshape(trace.shape[1], -1).astype(np.float64)
        held: Values = last - as_neurons(population.initial, population)
        neuron = population.neuron
        if neuron.potential == "once":
            return held
        raster = activity.rasters[population.name]
        threshold = as_neurons(charge_of_one(self.network, population), population)
        if not neuron.two_sided:
            return held + self._total(raster, population) * threshold
        up, down = (self._total(np.maximum(part, 0), population) for part in (raster, -raster))
        return held + up * threshold - down * as_neurons(neuron.all_thresholds()["negative"], population)

    def _total(self, raster: NDArray[Any], population: Population) -> Values:
        total = np.zeros((raster.shape[1], population.size))
        for step, sent in enumerate(raster):
            weight = self.network.code.weight(step) if len(raster) > 1 else 1
            total += population.neuron.step_factor(step) * weight * sent.reshape(total.shape).astype(np.float64)
        return total

    def _repeats(self, source: Population, target: Population) -> bool:
        """A value that is held arrives in every step of charge, unless its target answers once."""
        return source.name in self.held and target.neuron.potential != "once"

    def _charges(self, population: Population) -> int:
        return 1 if population.neuron.potential == "once" else self.network.code.charge_steps
