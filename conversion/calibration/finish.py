"""What `Rate` does to a network after it was emitted: the half-step shift in its biases, and the calibration."""

from dataclasses import replace

import torch

from spikewright.conversion.calibration.corrections import calibrate
from spikewright.conversion.calibration.light import Shift
from spikewright.conversion.calibration.settings import calibration_of
from spikewright.conversion.calibration.two_phases import check_two_phase
from spikewright.conversion.reading.walk import Plan
from spikewright.conversion.recipes.rate import Rate
from spikewright.snn import Integrator, MaxGate, Network, Population, Source
from spikewright.snn.codes import charge_steps


def finish(network: Network, plan: Plan, images: torch.Tensor, recipe: Rate) -> Network:
    """The emitted network as the recipe wants it. Raises InvalidInput for too few samples, and
    InvalidNetwork where its pre-steps cannot be run."""
    if recipe.residual is not None:
        check_two_phase(network, recipe.residual)
    begun = shifted(network) if recipe.initial == "shift" else network
    settings = calibration_of(recipe.calibration)
    if settings is None:
        return begun
    return calibrate(begun, images, settings, {unit.name: unit.activation for unit in plan.units}, network)


def shifted(network: Network) -> Network:
    """Half a step in the bias of every neuron that fires: a / (2 steps), the same charge as half a threshold at first."""
    half = 0.5 / charge_steps(network.code)
    populations = tuple(_shifted(population, half) for population in network.populations)
    return replace(network, populations=populations)


def _shifted(population: Population, half: float) -> Population:
    if isinstance(population.neuron, Source | Integrator | MaxGate):
        return population
    channels = population.shape[0]
    return Shift(torch.full((channels,), half), torch.zeros(channels)).of(population)
