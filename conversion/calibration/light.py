"""Corrections of one population: its bias and its initial potential, channel by channel."""

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from spikewright.conversion.calibration.arriving import Drives, channel_slices, sample_count
from spikewright.conversion.calibration.layer_run import LayerRun
from spikewright.snn import Network, Population

LOWEST, HIGHEST = -1.0, 2.0
"""Where initial potentials may go, in thresholds."""


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


@dataclass(frozen=True, eq=False)
class Attempt:
    """A shift of a population, the squared error on the samples to judge by before and after it, and what flows in.

    `drives` of all samples, where they are all looked at and still in memory; else None.
    """

    shift: Shift
    before: float
    after: float
    drives: Drives | None


def attempt(flow: LayerRun, population: Population, rounds: int) -> Attempt:
    """The correction of a population, some channels at a time where what flows into all of them is too much to keep."""
    count = sample_count(flow, population)
    shifts, judged = [], []
    for channels in channel_slices(flow, population, count):
        drives = Drives(flow, population, count, channels)
        ideal = drives.ideal()
        shift = correct(drives, ideal, rounds)
        rates = (drives.rates(one) for one in (drives.population, shift.of(drives.population)))
        shifts.append(shift)
        judged.append([part[drives.fit :] for part in (ideal, *rates)])
    ideal, before, after = (torch.cat(parts, 1) for parts in zip(*judged, strict=True))
    whole = Shift(torch.cat([one.bias for one in shifts]), torch.cat([one.initial for one in shifts]))
    known = drives if drives.complete else None
    return Attempt(whole, squared_error(before, ideal), squared_error(after, ideal), known)


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
