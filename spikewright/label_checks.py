"""Labels that a user gives, held against what a head says of them."""

from math import prod
from typing import Any

import numpy as np

from spikewright.answers import Head, Values
from spikewright.errors import InvalidInput
from spikewright.inputs import as_array, as_labels

_TOLD = {"classes": "integer labels", "multilabel": "labels 0 and 1", "values": "real numbers as labels"}
_KINDS = {"classes": "iu", "multilabel": "biu", "values": "iuf"}


def labels_of(head: Head, given: Any, samples: int, neurons: int) -> Values:
    """Labels of so many samples, checked: in the shape of `head.predictions`, each a class, 0 or 1, or for "values" a number.

    `neurons`: how many output neurons there are. Labels that are `ignored` may be among them. Raises InvalidInput for others.
    """
    shape = (neurons,) if head.shape is None else head.shape
    places = (*shape[: head.axis], *shape[head.axis + 1 :]) if head.kind == "classes" else shape
    if head.flat:
        return as_labels(given, samples, shape[0])
    array = as_array(given, "labels")
    if prod(places) == 1 and array.shape == (samples,):
        array = array.reshape(samples, *places)
    if array.shape != (samples, *places) or array.dtype.kind not in _KINDS[head.kind]:
        raise InvalidInput(
            f"expected {_TOLD[head.kind]} of shape {(samples, *places)}, got {array.dtype} {array.shape}; "
            f"try one for each {'sample' if prod(places) == 1 else 'number of the answer' if places == shape else 'place'}"
        )
    if head.kind == "values":
        return _finite(array)
    return _inside(head, array.astype(np.int64), shape[head.axis] if head.kind == "classes" else 2)


def _inside(head: Head, labels: Values, top: int) -> Values:
    inside = labels if head.ignored is None else labels[labels != head.ignored]
    low, high = (int(inside.min()), int(inside.max())) if inside.size else (0, 0)
    if low < 0 or high >= top:
        raise InvalidInput(
            f"expected labels from 0 to {top - 1}, got {low} to {high}; "
            f"try network.with_head(ignored={high if high >= top else low}) if that label says that a place does not count"
        )
    return labels


def _finite(array: Values) -> Values:
    values = array.astype(np.float64)
    if not np.isfinite(values).all():
        raise InvalidInput("expected finite labels, got NaN or infinity; try the other samples alone")
    return values
