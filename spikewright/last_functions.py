"""The functions that models end in, on numbers of numpy: a network has its answers in front of them, and puts them on again."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Ending = Literal["softmax", "log_softmax", "sigmoid", "logsigmoid", "tanh"]
Values = NDArray[Any]


def _softmax(values: Values, axis: int) -> Values:
    shares = np.exp(values - values.max(axis=axis, keepdims=True))
    return np.asarray(shares / shares.sum(axis=axis, keepdims=True))


def _log_softmax(values: Values, axis: int) -> Values:
    below = values - values.max(axis=axis, keepdims=True)
    return np.asarray(below - np.log(np.exp(below).sum(axis=axis, keepdims=True)))


def _logsigmoid(values: Values, axis: int) -> Values:
    return np.asarray(-np.logaddexp(0.0, -values))


ENDINGS: Mapping[str, Callable[[Values, int], Values]] = {
    "softmax": _softmax,
    "log_softmax": _log_softmax,
    "sigmoid": lambda values, axis: np.exp(_logsigmoid(values, axis)),
    "logsigmoid": _logsigmoid,
    "tanh": lambda values, axis: np.tanh(values),
}
"""ending(values, axis): the functions that a model may end in, applied by place, or over the classes along `axis`."""
