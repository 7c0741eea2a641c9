"""The biases of populations, in which readers take off again what a shifted source has added: see `reading.shifts`.

    sends h + c        float32:  W' = W + E,  W' (h + c) - W c  = W' h + E c
                       here:                  W' (h + c) - W' c = W' h

Bounds for every input are far from the values in deep networks, c many times h, so that the rounding E of the weights would
count c / h times as much. It is known: the stored weights are asked what they make of c. Where times carry a shift, biases are
float64, as is all that a time-coded network computes; the digits of h then stay, as long as c is below some 1e8 times h.
"""

import numpy as np
from numpy.typing import NDArray

from spikewright.conversion.reading.plan import Plan, Unit
from spikewright.conversion.reading.shapes import Floats, spread
from spikewright.conversion.reading.source_term import SourceTerm
from spikewright.conversion.reading.terms import mapped
from spikewright.conversion.storage import StoredSynapse, rounding
from spikewright.snn import Code

Bias = float | Floats | NDArray[np.float32]
StoredTerm = tuple[Unit, SourceTerm, StoredSynapse]
"""A term of a unit, and the synapse that it became."""


def biases_of(plan: Plan, code: Code, stored: list[StoredTerm]) -> dict[str, Bias]:
    """By unit its bias: float32, or float64 where it sends a shifted value in time or takes a shift off."""
    if code.sends != "times":
        return {unit.name: _stored(unit.bias, np.float32) for unit in plan.units}
    units = {unit.name: unit for unit in plan.units}
    biases = {unit.name: unit.bias for unit in plan.units}
    wide = {unit.name for unit in plan.units if unit.shift is not None}
    for unit, term, made in stored:
        source = units.get(plan.population(term.source))
        if source is not None and source.shift is not None and not unit.gate:
            added = plan.read(term.source, np.broadcast_to(spread(source.shift, source.shape), source.shape))
            biases[unit.name] = _less(biases[unit.name], term, mapped(rounding(term, made), added, added.shape))
            wide.add(unit.name)
    return {name: _stored(bias, np.float64 if name in wide else np.float32) for name, bias in biases.items()}


def _less(bias: Floats, term: SourceTerm, brought: Floats) -> Floats:
    """The bias without what a term brings to its channels."""
    made = bias.copy()
    place = slice(*term.channels) if term.channels else slice(None)
    made[place] -= brought.reshape(made[place].shape)
    return made


def _stored(bias: Floats, kind: type) -> Bias:
    """A bias map as it is, or one number for each channel where the map is flat, or 0."""
    if not bias.any():
        return 0.0
    if bias.ndim > 1:
        rows = bias.reshape(bias.shape[0], -1)
        differ = np.abs(rows - rows[:, :1]).max()
        if differ <= 1e-12 * np.abs(rows).max():
            bias = rows[:, 0]
    return bias.astype(kind)
