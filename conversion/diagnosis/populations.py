"""All populations of a network against the values that they stand for, batch by batch."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidInput
from spikewright.conversion.diagnosis.charge import Charges
from spikewright.conversion.diagnosis.parts import Activities, levels, most, passed_on, taken_apart, timed, unit_of
from spikewright.conversion.diagnosis.records import LayerDiagnosis
from spikewright.conversion.diagnosis.tally import POINTS, Tally
from spikewright.conversion.reading.plan import INPUT, Plan, Unit
from spikewright.snn import Activity, Network

RECORDS = ("rasters", "potentials")
"""What has to be recorded of a run."""
BYTES_PER_UPDATE = 6
"""That a neuron's record of a step takes: its spikes and its potential, and what is worked out of them."""


class PopulationTallies:
    """The errors of each population over `samples` samples. Raises InvalidInput where `network` was not made of `plan`."""

    def __init__(self, plan: Plan, network: Network, samples: int) -> None:
        self.network, self.samples = network, samples
        self.last = plan.output.name
        self.units = _units(plan, network)
        self.charges = Charges(network)
        self.tallies = {name: self._tally(name) for name in self.units}

    def _tally(self, name: str) -> Tally:
        population = self.network.by_name[name]
        top = most(self.network, population)
        ceiling = unit_of(self.network, population) * top if np.isfinite(top) else None
        return Tally(ceiling, POINTS / (self.samples * population.size))

    def take(self, values: Mapping[str, NDArray[Any]], activity: Activity) -> None:
        """A run of some samples with `RECORDS`, and the `values` of the units of the plan, `(n, neurons)` each, by name."""
        sent = self.charges.sent(activity)
        for name, unit in self.units.items():
            truth = values.get(name, values[self.last])
            self.tallies[name].take(self._seen(unit, activity, sent, truth))

    def _seen(self, unit: Unit, activity: Activity, sent: Mapping[str, Any], truth: NDArray[Any]) -> Activities:
        population = self.network.by_name[unit.name]
        neuron = population.neuron
        if neuron.sends == "nothing":
            tailed = self.network.tail is not None
            said = activity.potentials[unit.name][-1].reshape(len(truth), -1) if tailed else activity.logits
            return passed_on(truth, said.astype(np.float64) * self.network.logit_scale)
        if neuron.compares:
            return passed_on(truth, sent[unit.name] * unit_of(self.network, population))
        if neuron.latches:
            return timed(self.network, unit, activity.rasters[unit.name], truth)
        charge = self.charges.received(population, activity, sent)
        return taken_apart(self.network, unit, sent[unit.name], charge, truth)

    def layers(self) -> tuple[LayerDiagnosis, ...]:
        """What was seen of each population."""
        return tuple(self._layer(name) for name in self.units)

    def _layer(self, name: str) -> LayerDiagnosis:
        population = self.network.by_name[name]
        names = name, self.units[name].node, type(population.neuron).__name__
        return self.tallies[name].layer(names, levels(self.network, population))


def bytes_of_sample(network: Network) -> int:
    """What one sample of a recorded run takes."""
    return BYTES_PER_UPDATE * sum(p.size for p in network.populations) * network.steps


def _units(plan: Plan, network: Network) -> dict[str, Unit]:
    """What each population stands for, in the network's order. Raises InvalidInput for another model."""
    units = {unit.name: unit for unit in (*plan.units, *plan.integrated().units[-1:])}
    named = [p for p in network.order if p.name != INPUT]
    for population in named:
        unit = units.get(population.name)
        if unit is None or unit.shape != population.shape:
            told = "no such layer" if unit is None else f"one of shape {unit.shape}"
            raise InvalidInput(
                f"expected a network that convert made from this model, got population {population.name!r} "
                f"{population.shape} and {told} in the model; try the model that was converted"
            )
        if population.amplitude is None:
            raise InvalidInput(
                f"expected what a spike of {population.name!r} stands for, got a network that does not say; "
                "try to convert it again"
            )
    return {population.name: units[population.name] for population in named}
