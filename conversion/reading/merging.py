"""Two affine layers without a ReLU between them as one: exact, because a composition of linear maps is linear.

The padding of the second layer stands between them. It is exact where the first one maps outside zeros to zeros at the
places in question (kernels of one tap without padding), and where the second does not pad; else they do not merge. How two
geometries become one is said in `merge_rules`, one rule each.

Two that could merge do so where the additions of the merger, when every input sends one spike, are at most `CodeTraits.dearer`
times those of the two; else a population is between them that sends the sum on (a relay). A spike time is exact, so `Ttfs` takes
whichever costs less: once. Counts are rounded once more in a relay, and it needs time of its own: six times. 1x1 after 1x1, as
in an inverted residual whose middle is six times as wide, takes three to six times as many, a depthwise convolution of nine
taps and the pointwise one behind it up to nine times as many. Convolutions are judged by their shapes, before one is composed.

A sum that is read by several layers and added to what they make of it, x + f(x), has twice as many terms after each of them; from
`MOST_TERMS` on it is sent on.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import prod

from spikewright.conversion.reading.layer import AffineLayer, restricted
from spikewright.conversion.reading.merge_costs import known_additions
from spikewright.conversion.reading.merge_rules import RULES
from spikewright.conversion.reading.plan import DEARER
from spikewright.conversion.reading.shapes import pooled
from spikewright.conversion.reading.source_term import SourceTerm
from spikewright.conversion.reading.terms import mapped
from spikewright.conversion.reading.values import Current, Signal
from spikewright.snn.synapses import Shape

MOST_TERMS = 256
Part = tuple[AffineLayer, tuple[int, int] | None]
"""What of a layer reads a slice of its inputs, and which outputs it drives, None for all."""


def merged(current: Current, layer: AffineLayer, shapes: dict[str, Shape], dearer: float = DEARER) -> Current | None:
    """`layer` of `current` as a sum of terms of its sources, or None when that is not exact or too dear."""
    if len(current.terms) > MOST_TERMS:
        return None
    parts = [_part_for(term, layer, current) for term in current.terms]
    old = layer.geometry.additions(layer.kernel, layer.inputs, layer.shape)
    old += sum(_additions(term, shapes[term.source], current.shape) for term in current.terms)
    if sum(known_additions(term, part) for term, (part, _) in zip(current.terms, parts, strict=True)) > dearer * old:
        return None
    terms = _all_composed(current, parts, shapes, dearer * old)
    if terms is None:
        return None
    bias = layer.bias_map + mapped(layer.term(), current.bias, current.shape)
    return Current(terms, bias, layer.shape, layer.name)


def read_signal(signal: Signal, layer: AffineLayer) -> Current:
    """`layer` of a Signal without a border; its offset becomes a bias map, exact at zero-padded places."""
    bias = layer.bias_map
    if signal.offset is not None:
        bias = bias + mapped(layer.term(), signal.offset, signal.shape)
    return Current((layer.term(signal.source, signal.pool, signal.gain),), bias, layer.shape, layer.name)


def _part_for(term: SourceTerm, layer: AffineLayer, current: Current) -> Part:
    """What of the layer reads the slice that the term drives, and which outputs that drives."""
    if term.channels is None:
        return layer, None
    size = layer.geometry.per_channel(current.shape)
    return restricted(layer, term.channels[0] * size, term.channels[1] * size)


def _all_composed(
    current: Current, parts: Sequence[Part], shapes: dict[str, Shape], most: float
) -> tuple[SourceTerm, ...] | None:
    """Each term with its part of the layer behind it; None where one has no rule, or they take more than `most` additions.

    The largest sources come first: what is refused for its size is so before the others are composed.
    """
    made, new = dict[int, SourceTerm](), 0.0
    for place in sorted(range(len(parts)), key=lambda one: -prod(shapes[current.terms[one].source])):
        term, (part, channels) = current.terms[place], parts[place]
        source = shapes[term.source]
        one = _composed(term, part, pooled(source, term.pool), current.flat)
        if one is None:
            return None
        # Integers cannot be had in another way, and each spike takes as many additions as through a pool.
        new += 0.0 if one.integer else _additions(one, source, part.shape)
        if new > most:
            return None
        made[place] = replace(one, channels=channels)
    return tuple(made[place] for place in range(len(parts)))


def _composed(term: SourceTerm, layer: AffineLayer, inside: Shape, flat: bool) -> SourceTerm | None:
    """The first rule for these two geometries that gives a term. `inside`: the shape behind the term's pool; `flat`: the layer
    sees the sum as a vector."""
    for rule in RULES:
        if rule.fits(term, layer, flat) and (found := rule.merge(term, layer, inside)) is not None:
            return found
    return None


def _additions(term: SourceTerm, source: Shape, target: Shape) -> float:
    """Additions when every source neuron of a term sends one spike, borders aside."""
    inside = pooled(source, term.pool)
    outside = inside if term.channels is not None and term.kernel is None else target
    return term.geometry.additions(term.kernel, inside, outside)
