"""Two affine layers without a ReLU between them as one: exact, because a composition of linear maps is linear.

The padding of the second layer stands between them. It is exact where the first one maps outside zeros to zeros at the
places in question (kernels of one tap without padding), and where the second does not pad; else they do not merge. How two
geometries become one is said in `merge_rules`, one rule each.
"""

from dataclasses import replace

from spikewright.conversion.reading.layer import AffineLayer, restricted
from spikewright.conversion.reading.merge_rules import RULES
from spikewright.conversion.reading.shapes import pooled
from spikewright.conversion.reading.source_term import SourceTerm
from spikewright.conversion.reading.terms import mapped
from spikewright.conversion.reading.values import Current, Signal
from spikewright.snn.synapses import Shape

DEARER = 6.0
"""Merged layers may take this many times the additions of the two. 1x1 after 1x1, as in an inverted residual whose
middle is six times as wide, takes three to six times as many, and is exact in every code; a depthwise convolution of
nine taps and the pointwise one behind it would take up to nine times as many."""


def merged(current: Current, layer: AffineLayer, shapes: dict[str, Shape]) -> Current | None:
    """`layer` of `current` as a sum of terms of its sources, or None when that is not exact or too dear."""
    terms, old, new = [], layer.geometry.additions(layer.kernel, layer.inputs, layer.shape), 0.0
    for term in current.terms:
        source = shapes[term.source]
        part, channels = _part_for(term, layer, current)
        one = _composed(term, part, pooled(source, term.pool), current.flat)
        if one is None:
            return None
        old += _additions(term, source, current.shape)
        # Integers cannot be had in another way, and each spike takes as many additions as through a pool.
        new += 0.0 if one.integer else _additions(one, source, part.shape)
        terms.append(replace(one, channels=channels))
    if new > DEARER * old:
        return None
    bias = layer.bias_map + mapped(layer.term(), current.bias, current.shape)
    return Current(tuple(terms), bias, layer.shape, layer.name)


def read_signal(signal: Signal, layer: AffineLayer) -> Current:
    """`layer` of a Signal without a border; its offset becomes a bias map, exact at zero-padded places."""
    bias = layer.bias_map
    if signal.offset is not None:
        bias = bias + mapped(layer.term(), signal.offset, signal.shape)
    return Current((layer.term(signal.source, signal.pool, signal.gain),), bias, layer.shape, layer.name)


def _part_for(term: SourceTerm, layer: AffineLayer, current: Current) -> tuple[AffineLayer, tuple[int, int] | None]:
    """What of the layer reads the slice that the term drives, and which outputs that drives."""
    if term.channels is None:
        return layer, None
    size = layer.geometry.per_channel(current.shape)
    return restricted(layer, term.channels[0] * size, term.channels[1] * size)


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
