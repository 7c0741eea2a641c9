"""Corrections of one population: its bias and its initial potential, channel by channel."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from spikewright.conversion.calibration.layer_run import LayerRun, Response
from spikewright.snn import Network, Population

KEPT_BYTES = 1 << 29
"""Inputs of a layer up to this size are kept between rounds, larger ones are worked out again."""
HELD = 0.25
"""Share of the samples that a correction is judged by."""
ENOUGH = 1 << 17
"""Activations of a channel that are enough to fit its shift: layers with many places need fewer samples."""
LEAST = 96
"""Samples that every correction looks at, if there are as many."""
LOWEST, HIGHEST = -1.0, 2.0
"""Where initial potentials may go, in thresholds."""


class Drives:
    """What flows into a population from some of the flow's samples, batch by batch, as often as it is asked for.

    `count`: how many; the first three quarters of them are of the flow's first samples, to fit with, the others of its last,
    to judge by.
    """

    def __init__(self, flow: LayerRun, population: Population, count: int) -> None:
        self.flow, self.population = flow, population
        self.fit = min(count, flow.count) - max(1, round(HELD * min(count, flow.count)))
        spans = (slice(0, self.fit), slice(flow.count - (min(count, flow.count) - self.fit), flow.count))
        self.parts = [part for span in spans for part in flow.parts(population, span)]
        steps = 1 if flow.network.schedule == "layerwise" else flow.steps
        self.small = 4 * steps * count * population.size <= KEPT_BYTES
        self._kept: list[Tensor] = []

    def __iter__(self) -> Iterator[Tensor]:
        if not self._kept:
            drives = (self.flow.drive(self.population, part) for part in self.parts)
            if not self.small:
                yield from drives
                return
            self._kept = list(drives)
        yield from self._kept

    def ideal(self) -> Tensor:
        """The ideal rates of the same samples."""
        return torch.cat([self.flow.truth(self.population, part) for part in self.parts])

    def answers(self, candidate: Population) -> Iterator[Response]:
        """What `candidate` does with them."""
        return (self.flow.answer(candidate, drive) for drive in self)

    def rates(self, candidate: Population) -> Tensor:
        """Its rates `(n, *shape)`."""
        return torch.cat([answer.rate for answer in self.answers(candidate)])


@dataclass(frozen=True, eq=False)
class Shift:
    """What is added, in amplitudes: `bias (C,)` to the input of each step, `initial (C,)` before the first."""

    bias: Tensor
    initial: Tensor

    def of(self, population: Population) -> Population:
        """The population with the shift."""
        channels = population.shape[0]
        amplitude = 1.0 if population.amplitude is None else population.amplitude
        unit = np.broadcast_to(np.asarray(amplitude, dtype=np.float64), (channels,))
        bias = np.asarray(population.bias, dtype=np.float32)
        rows = (self.bias.numpy() * unit).reshape(-1, *[1] * max(0, bias.ndim - 1))
        shifted = replace(population, bias=(bias + rows).astype(np.float32)) if self.bias.any() else population
        if not self.initial.any():
            return shifted
        initial = np.asarray(population.initial, dtype=np.float64) + self.initial.numpy() * unit
        return replace(shifted, initial=np.clip(initial, LOWEST * unit, HIGHEST * unit).astype(np.float32))


def half_step_shifted(network: Network) -> Network:
    """Half a step in the bias of every neuron that fires: a / (2 steps), the same charge as half a threshold at first."""
    half = 0.5 / network.code.charge_steps
    populations = tuple(_shifted(population, half) for population in network.populations)
    return replace(network, populations=populations)


def _shifted(population: Population, half: float) -> Population:
    if not population.neuron.fires:
        return population
    channels = population.shape[0]
    return Shift(torch.full((channels,), half), torch.zeros(channels)).of(population)


def sample_count(flow: LayerRun, population: Population) -> int:
    """How many of the flow's samples a correction of the population looks at."""
    places = population.size // population.shape[0]
    return min(flow.count, max(LEAST, ENOUGH // places))


def correct(drives: Drives, ideal: Tensor, rounds: int) -> Shift:
    """The shift that brings the rates closest to `ideal (n, *shape)` on the samples to fit with.

    A proposal adds each channel's mean error, ideal - rate, to its bias, or times the steps to its initial potential, in
    turn (layerwise the two are one, and an Integrator needs its bias only). A channel takes it when its squared error
    falls, and halves its next proposal when not.
    """
    flow, population, fit = drives.flow, drives.population, drives.fit
    steps, channels = flow.network.code.charge_steps, population.shape[0]
    shift = Shift(torch.zeros(channels), torch.zeros(channels))
    turns = ("bias",) if _one_way(flow, population) else ("initial", "bias")
    size = {turn: torch.ones(channels) for turn in turns}
    error, squared = _errors(drives.rates(population)[:fit], ideal[:fit])
    for number in range(1 if population.neuron.sends == "nothing" else rounds):
        turn = turns[number % len(turns)]
        step = error * size[turn] * (steps if turn == "initial" else 1)
        proposal = replace(shift, **{turn: getattr(shift, turn) + step})
        now, after = _errors(drives.rates(proposal.of(population))[:fit], ideal[:fit])
        better = after < squared
        shift = replace(shift, **{turn: torch.where(better, getattr(proposal, turn), getattr(shift, turn))})
        error, squared = torch.where(better, now, error), torch.where(better, after, squared)
        size[turn] = torch.where(better, size[turn], size[turn] / 2)
    return shift


def squared_error(rates: Tensor, ideal: Tensor) -> float:
    """Squared error of the rates relative to the mean square of the ideal ones."""
    return float((rates - ideal).square().mean() / ideal.square().mean().clamp(min=1e-30))


def correctable(population: Population) -> bool:
    """Whether the population has a bias that acts on what it sends: not a gate."""
    return population.neuron.fires or population.neuron.sends == "nothing"


def _one_way(flow: LayerRun, population: Population) -> bool:
    return population.neuron.sends == "nothing" or flow.network.schedule == "layerwise"


def _errors(rates: Tensor, ideal: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and mean square of ideal - rate for each channel, `(C,)`."""
    rows = (ideal - rates).transpose(0, 1).flatten(1)
    return rows.mean(1), rows.square().mean(1)
