"""Integer layers behind averages: the integers stay what they are, each for every pixel of its window."""

from dataclasses import replace
from typing import Any

import numpy as np

from spikewright.conversion.reading.geometry import DENSE
from spikewright.conversion.reading.layer import AffineLayer
from spikewright.conversion.reading.shapes import Floats, grid, per_element, times
from spikewright.conversion.reading.source_term import SourceTerm
from spikewright.snn.synapses import Pair, Shape


def behind_averages(term: SourceTerm, layer: AffineLayer, inside: Shape) -> SourceTerm | None:
    """Integers behind averages of windows that neither overlap nor leave gaps: each is there for all of its window.

    A weight a of a 2x2 average, read by the matrix or kernel [p q]:      [p q] of  average       =   a/4 [p p q q]
                                                                                                          [p p q q]
    """
    window = _window(term) if layer.kernel.integer else None
    if window is None:
        return None
    gain = term.gain_in * (1.0 if term.kernel is None else float(term.kernel.values.flat[0])) * term.gain_out
    spread = _spread_columns if layer.geometry is DENSE else _spread_taps
    return spread(term, layer, inside, (window, gain))


def _window(term: SourceTerm) -> Pair | None:
    """The windows of a term that averages disjoint ones, with one weight in all; None for any other term."""
    return term.geometry.disjoint_windows(term.kernel) if np.ndim(term.gain_out) == 0 else None


def _spread_columns(term: SourceTerm, layer: AffineLayer, inside: Shape, law: tuple[Pair, Floats]) -> SourceTerm:
    """A matrix over averages as one over their pixels; those that no window holds get zeros."""
    (window, gain), sizes, values = law, grid(inside)[1:], layer.kernel.values
    places = [size // span for size, span in zip(sizes, window, strict=True)]
    wide = np.repeat(np.repeat(values.reshape(len(values), -1, *places), window[0], 2), window[1], 3)
    rest = [(0, size - span * place) for size, span, place in zip(sizes, window, places, strict=True)]
    made = np.pad(wide, ((0, 0), (0, 0), *rest)).reshape(len(values), -1)
    kernel = replace(layer.kernel, held=made)
    return SourceTerm(term.source, DENSE, term.pool, kernel, per_element(gain, inside))


def _spread_taps(term: SourceTerm, layer: AffineLayer, inside: Shape, law: tuple[Pair, Floats]) -> SourceTerm | None:
    """A convolution over averages as one over their pixels."""
    (window, gain) = law
    geometry: Any = layer.geometry
    whole = all(size % span == 0 for size, span in zip(grid(inside)[1:], window, strict=True))
    if geometry.dilation != (1, 1) or (any(geometry.padding) and not whole):
        return None
    values = np.repeat(np.repeat(layer.kernel.values, window[0], 2), window[1], 3)
    made = replace(geometry, stride=times(geometry.stride, window), padding=times(geometry.padding, window))
    kernel = replace(layer.kernel, held=values)
    return if_fits(SourceTerm(term.source, made, term.pool, kernel, gain), inside, layer)


def if_fits(term: SourceTerm, inside: Shape, layer: AffineLayer) -> SourceTerm | None:
    """The term, a convolution, if it makes just as many pixels as the layer."""
    geometry: Any = term.geometry
    return term if geometry.output_shape(term.kernel, inside) == layer.shape else None
