"""Values of both signs in a code whose spikes have none: relu(h + c) - c, exact for c >= -min(h).

    value = amplitude * spikes - shift

A unit whose values go `below` zero by c sends h + c, which is never negative. What is too much goes into the next layers, where
it is a constant: W h = W (h + c) - W c, a map for each position, since at a padded border fewer weights see it. A gate passes c
on, the largest h + c being the largest h, plus c. That is all: sums, concatenations, pools and maps are terms already.

Where no good bound is known, two units can send both halves, relu(h) and relu(-h), and their readers take the difference: exact
without any bound, but for gates, which compare what one unit sends.

    h >= -2      [-1  0  3]                       W h = [-2  1]
    sends h + 2  [ 1  2  5]   W = [2 0 0; 0 1 1/3]   W (h + 2) - W 2 = [2  11/3] - [4  8/3]
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from spikewright.conversion.reading.plan import Below, Plan, Unit
from spikewright.conversion.reading.source_term import SourceTerm
from spikewright.conversion.reading.terms import mapped

TURNED = "_turned"
"""Behind the name of a unit, that of the one that sends what is below zero."""


def one_sided(plan: Plan, below: Mapping[str, Below]) -> Plan:
    """The same plan, in which these units send their value plus `below[name].by`, and their readers take that off.

    Only what is sent has no sign: a value that is lower still is there in the plan, and is zero in a network.
    """
    if not below:
        return plan
    plan = plan.integrated() if plan.output.name in below else plan
    plan = _in_halves(plan, {name: one for name, one in below.items() if one.halves})
    known, units = {name: one for name, one in below.items() if not one.halves}, list[Unit]()
    for unit in plan.units:
        if unit.gate and (source := unit.terms[0].source) and plan.population(source) in known:
            known[unit.name] = _passed_on(plan, source, known[plan.population(source)])
        units.append(_raised(unit, known, plan))
    return replace(plan, units=tuple(units))


def _passed_on(plan: Plan, source: str, below: Below) -> Below:
    """What a gate gets of a shift: that of the channels that it reads, in whatever order."""
    order = next((one for one in plan.ordered if one.name == source), None)
    if order is None or order.channels is None or below.by.ndim == 0:
        return below
    return replace(below, by=below.by[order.channels])


def _in_halves(plan: Plan, below: Mapping[str, Below]) -> Plan:
    """The plan in which two units stand for each of these: with its name, and with that and `TURNED`."""
    units: list[Unit] = []
    names = {name for name in plan.shapes if plan.population(name) in below}
    for unit in plan.units:
        terms = tuple(one for term in unit.terms for one in _of_both(term, names))
        halves = unit.activation.halves() if unit.name in below else None
        read = replace(unit, terms=terms, below=below.get(unit.name))
        if halves is None:
            units.append(read)
            continue
        turned = tuple(_negative(term) for term in terms)
        units.append(replace(read, activation=halves[0]))
        units.append(replace(read, name=unit.name + TURNED, terms=turned, bias=-unit.bias, activation=halves[1]))
    turned_too = (
        replace(one, name=one.name + TURNED, source=one.source + TURNED) for one in plan.ordered if one.name in names
    )
    return replace(plan, units=tuple(units), ordered=(*plan.ordered, *turned_too))


def _of_both(term: SourceTerm, names: set[str]) -> tuple[SourceTerm, ...]:
    """A term of a value as terms of its halves."""
    if term.source not in names:
        return (term,)
    return term, replace(_negative(term), source=term.source + TURNED)


def _negative(term: SourceTerm) -> SourceTerm:
    return replace(term, gain_in=-term.gain_in) if term.kernel is None else replace(term, gain_out=-term.gain_out)


def _raised(unit: Unit, known: Mapping[str, Below], plan: Plan) -> Unit:
    own = known.get(unit.name)
    if unit.gate:
        return unit if own is None else replace(unit, below=own)
    bias = unit.bias.copy() if own is None else unit.bias + own.over(unit.shape)
    for term in unit.terms:
        source = plan.population(term.source)
        if source in known:
            place = slice(*term.channels) if term.channels else slice(None)
            moved = plan.read(term.source, known[source].over(plan.shapes[source]))
            bias[place] -= mapped(term, moved, moved.shape).reshape(bias[place].shape)
    law = unit.activation if own is None else unit.activation.raised(float(np.max(own.by)))
    return replace(unit, bias=bias, activation=law, below=own or unit.below)
