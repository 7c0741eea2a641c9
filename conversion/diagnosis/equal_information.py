"""The CNN that a spiking network is to be compared with: as many levels per activation, and it may skip zeros, too."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from spikewright import InvalidInput
from spikewright.compress.quantisers.activations import clip_range
from spikewright.compress.training.data import Data, check_shown
from spikewright.conversion.diagnosis.baseline_record import Baseline
from spikewright.conversion.diagnosis.costs import InferenceCost, inference_cost
from spikewright.conversion.diagnosis.parts import levels
from spikewright.conversion.diagnosis.rereading import in_plan, plan_behind
from spikewright.conversion.emitting import emit
from spikewright.conversion.forward import activations
from spikewright.conversion.ranges import thresholds
from spikewright.conversion.reading.model import check_samples
from spikewright.conversion.reading.plan import Plan, Unit
from spikewright.conversion.reading.shapes import Floats
from spikewright.conversion.recipes.coding import Coding, NeuronChoice, input_amplitude, note, number
from spikewright.progress import watched
from spikewright.snn import (
    Bursts,
    Code,
    Direct,
    Network,
    PhaseCode,
    QuantReLU,
    RateCode,
    SpikeSelectCode,
    TtfsCode,
    simulate,
)
from spikewright.weights import stored_values

BATCH = 64
SAMPLED = 1 << 14
"""Activations of a layer, or of a channel, that its range is chosen on."""


@watched
def baseline(model: Any, network: Network, samples: Any, data: Data | None = None) -> Baseline:
    """The quantised CNN with as many levels per activation as the SNN `network` of `model`, and both side by side.

    A neuron that tells n values above zero apart in its run (T for rates, m T for bursts of m, 2**p - 1 for a period of p
    phases, the levels of quantised times) stands against an activation of n + 1 levels, ceil(log2(n + 1)) bits (Yan et al.,
    arXiv 2409.08290). The CNN is that of `model` with QuantReLU in the place of each activation, ranges of least squared error
    on `samples`, one for each layer, or in float32 for each channel where the SNN has thresholds for each; a model that has
    QuantReLUs keeps its own, so for a fine-tuned baseline give the model of `compress.quantize`. Weights are those of the
    SNN: integers of the same width where it is in fixed point. `data (images, labels)` is what both are run on, event by
    event; without it the samples are, and there is no accuracy. What is counted: see `conversion.diagnosis.costs`.

    Raises InvalidInput where the SNN has no finite number of levels (continuous spike times: its own operations are those
    of the CNN) or spikes of both signs, InvalidNetwork where 64 bits do not hold the products of the integer CNN.
    """
    images = check_samples(samples)
    cnn, how = _quantised(model, network, images)
    run, labels = (images, None) if data is None else (check_shown(data), data[1])
    return Baseline(cnn, _measured(cnn, run, labels), _measured(network, run, labels), len(run), how)


def _measured(network: Network, images: torch.Tensor, labels: Any) -> InferenceCost:
    activity = simulate(network, images.numpy())
    return inference_cost(network, activity, None if labels is None else activity.accuracy(labels))


def _quantised(model: Any, network: Network, images: torch.Tensor) -> tuple[Network, str]:
    plan = plan_behind(network, model, images)
    wanted = {unit.name: _levels(network, unit) for unit in plan.hidden}
    if network.output not in {unit.name for unit in plan.units}:
        plan = plan.integrated()
    choices = _choices(plan, network, in_plan(network, images), wanted)
    grid = _input_levels(network)
    scale = 1.0 if plan.output.adds_up else float(np.max(choices[plan.output.name].amplitude))
    own = sum(unit.activation.grid is not None for unit in plan.hidden)
    how = (
        "ranges of the model's own QuantReLUs" if own == len(wanted) else "ranges of least squared error on the samples"
    )
    told = note("baseline", f"the quantised CNN with as many levels per activation, {how}")
    cnn = emit(plan, Coding(Direct(1, grid), choices, input_amplitude(grid), scale, (told,)))
    cnn = replace(cnn, run=replace(cnn.run, input_range=network.run.input_range))
    return (_in_integers(cnn, network) if network.numbers == "fixed" else cnn), how


def _levels(network: Network, unit: Unit) -> int:
    if unit.name not in network.by_name:
        raise InvalidInput(f"expected a network made from this model, got none of its layers {unit.name!r}")
    population = network.by_name[unit.name]
    if population.neuron.two_sided or unit.signed:
        raise InvalidInput(
            f"expected activations that are never negative, got spikes of both signs in {unit.name!r}; "
            "there is no integer neuron of both signs to compare with"
        )
    found = levels(network, population)
    if found is None:
        raise InvalidInput(
            f"expected a finite number of levels in {unit.name!r}, got {type(population.neuron).__name__} with real values, "
            "whose operations are those of the float CNN; try spike times on a grid, Ttfs(levels=255)"
        )
    return found


def _choices(plan: Plan, network: Network, images: torch.Tensor, wanted: Mapping[str, int]) -> dict[str, NeuronChoice]:
    free = [unit for unit in plan.hidden if not unit.activation.grid]
    one = network.numbers == "fixed"  # integers of one scale are what an integer multiply-accumulate adds up
    rows = {unit.name: 1 if one else np.asarray(network.by_name[unit.name].amplitude).size for unit in free}
    seen = _seen(plan, images, rows)
    choices = {}
    for unit in plan.hidden:
        count = unit.activation.grid or wanted[unit.name]
        if unit.activation.grid:
            alpha = np.asarray(unit.activation.top, dtype=np.float64)
        else:
            ranges = [clip_range(row, count) if bool((row > 0).any()) else 0.0 for row in seen[unit.name]]
            alpha, _ = thresholds(unit, np.array(ranges))  # silent and faint channels as in every recipe
        step: Floats = alpha / count
        choices[unit.name] = NeuronChoice(QuantReLU(number(1.0 / step), 0, count), step, f"integers 0 to {count}")
    return choices


def _seen(plan: Plan, images: torch.Tensor, wanted: Mapping[str, int]) -> dict[str, torch.Tensor]:
    """A thinned copy of the activations of the wanted units, `(rows, values)`: one row, or one for each channel."""
    parts: dict[str, list[torch.Tensor]] = {name: [] for name in wanted}
    for part in torch.split(images, BATCH):
        with torch.no_grad():
            found = activations(plan, part)
        for name, count in wanted.items():
            rows = found[name].reshape(len(part), count, -1).transpose(0, 1).flatten(1)
            stride = max(1, rows.shape[1] * len(images) // (len(part) * SAMPLED))
            parts[name].append(rows[:, ::stride].clone())
    return {name: torch.cat(rows, dim=1) for name, rows in parts.items()}


def _input_levels(network: Network) -> int | None:
    """The grid of the image: as many levels as the SNN's input tells apart."""
    found = _GRIDS.get(type(network.code))
    return None if found is None else found(network.code)


_GRIDS: Mapping[type[Code], Callable[[Any], int | None]] = {
    Direct: lambda code: code.levels,
    TtfsCode: lambda code: code.levels,
    RateCode: lambda code: code.steps,
    SpikeSelectCode: lambda code: code.steps,
    Bursts: lambda code: code.steps * code.limit,
    PhaseCode: lambda code: 2**code.period - 1,
}
"""How many values besides 0 the input of a code tells apart; of those that are not here nobody knows."""


def _in_integers(cnn: Network, network: Network) -> Network:
    """The CNN in fixed point, with weights as wide as those of the SNN."""
    stored = [stored_values(q.synapse.weights) for q in network.projections if q.synapse.weights is not None]
    widest = max((int(np.abs(values.astype(np.int64)).max(initial=1)) for values in stored), default=127)
    fixed = cnn.to_fixed(weight_bits=min(16, max(2, widest.bit_length() + 1)), input_levels=cnn.code.levels or 255)
    return replace(fixed, report=cnn.report)
