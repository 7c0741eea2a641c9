"""Values of both signs in a code whose spikes have none: relu(h + c) - c, exact for c >= -min(h).

    value = amplitude * spikes - shift

A unit whose values go `below` zero by c sends h + c, which is never negative. What is too much goes into the next layers, where
it is a constant: W h = W (h + c) - W c, a map for each position, since at a padded border fewer weights see it. A gate passes c
on, the largest h + c being the largest h, plus c. That is all: sums, concatenations, pools and maps are terms already.

    h >= -2      [-1  0  3]                       W h = [-2  1]
    sends h + 2  [ 1  2  5]   W = [2 0 0; 0 1 1/3]   W (h + 2) - W 2 = [2  11/3] - [4  8/3]
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from spikewright.conversion.reading.plan import Below, Plan, Unit
from spikewright.conversion.reading.terms import mapped
from spikewright.snn.synapses import Shape


def one_sided(plan: Plan, below: Mapping[str, Below]) -> Plan:
    """The same plan, in which these units send their value plus `below[name].by`, and their readers take that off.

    Only what is sent has no sign: a value that is lower still is there in the plan, and is zero in a network.
    """
    if not below:
        return plan
    plan = plan.integrated() if plan.output.name in below else plan
    known, units, shapes = dict(below), list[Unit](), plan.shapes
    for unit in plan.units:
        if unit.gate and unit.terms[0].source in known:
            known[unit.name] = known[unit.terms[0].source]
        units.append(_raised(unit, known, shapes))
    return replace(plan, units=tuple(units))


def _raised(unit: Unit, known: Mapping[str, Below], shapes: Mapping[str, Shape]) -> Unit:
    own = known.get(unit.name)
    if unit.gate:
        return unit if own is None else replace(unit, below=own)
    bias = unit.bias.copy() if own is None else unit.bias + own.over(unit.shape)
    for term in unit.terms:
        if term.source in known:
            shape = shapes[term.source]
            place = slice(*term.channels) if term.channels else slice(None)
            bias[place] -= mapped(term, known[term.source].over(shape), shape).reshape(bias[place].shape)
    law = unit.activation if own is None else unit.activation.raised(float(np.max(own.by)))
    return replace(unit, bias=bias, activation=law, below=own)
