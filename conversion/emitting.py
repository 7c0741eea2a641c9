"""From units and their coding to the `Network`."""

from dataclasses import replace
from math import prod

import numpy as np

from spikewright import InvalidInput
from spikewright.conversion.biases import Bias, StoredTerm, biases_of
from spikewright.conversion.reading.ordered_sources import OrderedSource
from spikewright.conversion.reading.plan import INPUT, Plan, Unit
from spikewright.conversion.reading.shapes import Floats
from spikewright.conversion.recipes.coding import Coding, adding_up, with_gates
from spikewright.conversion.recipes.full_scales import span_of
from spikewright.conversion.storage import SharedWeights, synapse_of
from spikewright.snn import Integrator, Network, Population, Projection, Report, ReportRow, Source
from spikewright.weights import stored_values


def emit(plan: Plan, coding: Coding) -> Network:
    """The network of `plan` as `coding` says, with the report of every layer."""
    coding, shapes = replace(coding, choices=with_gates(plan, coding.choices)), plan.shapes
    amplitudes = {INPUT: np.asarray(coding.input_amplitude)}
    amplitudes |= {name: choice.amplitude for name, choice in coding.choices.items()}
    amplitudes |= {one.name: _amplitude_in_order(one, amplitudes[one.source]) for one in plan.ordered}
    shared = SharedWeights()
    stored = [
        (unit, term, synapse_of(term, amplitudes[term.source], shapes[term.source], shared))
        for unit in plan.units
        for term in unit.terms
    ]
    biases = biases_of(plan, coding.code, stored)
    made = (_population(unit, coding, biases[unit.name]) for unit in plan.units)
    populations = (Population(INPUT, shapes[INPUT], Source()), *made)
    return Network(
        populations=populations,
        projections=_projections(plan, stored),
        input=INPUT,
        output=plan.output.name,
        code=coding.code,
        schedule=coding.schedule,
        readout=coding.readout or ("potential" if plan.output.adds_up else "count"),
        logit_scale=coding.scale,
        report=_report(plan, coding, stored),
        run=coding.run,
        heads=plan.heads,
        tail=plan.tail,
    )


def _population(unit: Unit, coding: Coding, bias: Bias) -> Population:
    choice = adding_up() if unit.adds_up else coding.choices[unit.name]
    amplitude = np.asarray(choice.amplitude, dtype=np.float64)
    return Population(unit.name, unit.shape, choice.neuron, bias, choice.initial, amplitude=amplitude, below=unit.shift)


def _amplitude_in_order(ordered: OrderedSource, amplitude: Floats) -> Floats:
    """() or one for each channel that is read. Raises InvalidInput where a channel would have several."""
    if amplitude.ndim == 0 or np.all(amplitude == amplitude[0]):
        return np.asarray(amplitude.reshape(-1)[0])
    channels = ordered.channels
    if channels is None:
        raise InvalidInput(
            f"expected one amplitude for all channels of {ordered.source!r}, which are read in an order that mixes them, "
            "got one each; try per_channel=False"
        )
    return np.where(channels >= 0, amplitude[channels], amplitude[0])


def _projections(plan: Plan, stored: list[StoredTerm]) -> tuple[Projection, ...]:
    orders = {one.name: one.order for one in plan.ordered}
    seen: dict[str, int] = {}
    made = []
    for unit, term, synapse in stored:
        source = plan.population(term.source)
        name = f"{source}->{unit.name}"
        seen[name] = seen.get(name, 0) + 1
        name = name if seen[name] == 1 else f"{name} #{seen[name]}"
        order = orders.get(term.source)
        made.append(Projection(source, unit.name, synapse.synapse, term.pool, term.channels, name=name, order=order))
    return tuple(made)


def _report(plan: Plan, coding: Coding, stored: list[StoredTerm]) -> Report:
    details: dict[str, list[str]] = {}
    halves: dict[str, int] = {}
    for unit in plan.units:
        if not unit.adds_up:
            details.setdefault(unit.node, []).append(coding.choices[unit.name].detail + _shift(unit))
        if unit.below is not None and unit.below.halves:
            halves[unit.node] = halves.get(unit.node, 0) + prod(unit.shape)
    rows = [
        replace(
            row,
            detail="; ".join(filter(None, (*details[row.layer], row.detail))),
            neurons=halves.get(row.layer, row.neurons),
        )
        if row.layer in details and row.neurons
        else row
        for row in plan.rows
    ]
    output = plan.output
    if output.adds_up:
        rows.append(_output_row(plan))
    return Report((*rows, *coding.notes, *_storage_rows(plan, stored), *_order_rows(plan)))


def _shift(unit: Unit) -> str:
    """What is said of a unit that sends more than its value."""
    if unit.below is None:
        return ""
    if unit.below.halves:
        return f", a half of it: {unit.below.told}"
    return f", shifted by {span_of(unit.below.by)}" + (
        f": {unit.below.told}" if unit.below.told and not unit.gate else ""
    )


def _output_row(plan: Plan) -> ReportRow:
    output, tail = plan.output, plan.tail
    text = f"population {output.name!r} adds up and never fires; its potential is the answer"
    if tail is not None:
        text += (
            f" before the linear map {tail.source} -> {tail.shape} that the model ends in, which is applied to what is read out, "
            "in real numbers: network.tail"
        )
    return ReportRow("output", Integrator.__name__, "rewritten", text, neurons=prod(output.shape))


def _order_rows(plan: Plan) -> tuple[ReportRow, ...]:
    """What is read in another order, and that it costs no weights."""
    return tuple(ReportRow(one.source, "order", "note", f"order: {_order_told(one)}") for one in plan.ordered)


def _order_told(ordered: OrderedSource) -> str:
    addresses = ordered.order.addresses
    read = addresses[addresses >= 0]
    more, nothing = read.size - np.unique(read).size, addresses.size - read.size
    parts = (f"{more:,} numbers read again" if more else "", f"{nothing:,} places of nothing" if nothing else "")
    told = "".join(f", {part}" for part in parts if part)
    return f"{ordered.order.source} read as {ordered.order.shape}{told}, {ordered.name!r}; it stands on the projection"


def _storage_rows(plan: Plan, stored: list[StoredTerm]) -> tuple[ReportRow, ...]:
    rows = []
    for unit, term, made in stored:
        weights = made.synapse.weights
        if weights is None:
            continue
        values = stored_values(weights)
        kept = int(np.count_nonzero(values))
        text = f"{weights.told} {values.dtype}, {kept:,} of {values.size:,} weights are not zero"
        if made.rounded:
            text += "; integers became float32: input channels differ in scale, a fixed-point network rounds them anew"
        if made.unshared:
            text += "; shared weights are written out: input channels differ in scale, or layers were merged"
        rows.append(
            ReportRow(
                f"{plan.population(term.source)}->{unit.name}", "storage", "rounded" if made.rounded else "note", text
            )
        )
    return tuple(rows)
