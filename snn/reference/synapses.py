"""What projections make of their input, dense and plain, in the reference engine.

Arrays are `(batch, *shape)`. The values are float64 in float32 networks (each sum is rounded to float32 once, by the
caller) and int64 in fixed point. The additions of a synapse are counted by sending the events through one whose
surviving weights are all 1.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from spikewright.index_maps import IndexMap
from spikewright.snn.network import Network
from spikewright.snn.neurons import PerChannel
from spikewright.snn.projections import Projection
from spikewright.snn.reference.windows import Values, correlate, each_window, spread
from spikewright.snn.synapses import (
    AvgPool2d,
    Conv1d,
    Conv2d,
    ConvTranspose2d,
    Identity,
    Linear,
    Pair,
    Separable2d,
    Synapse,
    Upsample,
    Windows,
)
from spikewright.weights import dense


def send(network: Network, projection: Projection, values: Values) -> Values:
    """The contribution of `values (batch, *source shape)` to the sums S of the target, `(batch, *target shape)`."""
    target = network.by_name[projection.target]
    entering = pooled(arranged(values, projection.order), projection.pool)
    sums = _through(projection.synapse, entering) * 2**projection.shift
    start, stop = projection.channels or (0, target.shape[0])
    whole = np.zeros((len(values), *target.shape), dtype=sums.dtype)
    whole[:, start:stop] = sums
    return whole


def largest(windows: Windows, values: Values) -> Values:
    """The largest value of every window of `values (batch, channels, rows, columns)` or `(batch, channels, length)`.

    Places of the padding never win.
    """
    never = np.iinfo(np.int64).min if values.dtype.kind == "i" else -np.inf
    return np.asarray(np.max(each_window(windows, values, never), axis=0))


def additions(projection: Projection, events: Values) -> Values:
    """Additions of a surviving weight to an existing target that `events (batch, *source shape)` cause, `(batch,)`."""
    entering = pooled(arranged(events.astype(np.int64), projection.order), projection.pool)
    ones = _through(_survivors(projection.synapse), entering)
    return np.asarray(ones.reshape(len(events), -1).sum(axis=1))


def column(value: PerChannel | Values, shape: tuple[int, ...], kind: type) -> Values:
    """A scalar, `(channels,)` or `shape` array so that it broadcasts over `(batch, *shape)`, as numbers of `kind`."""
    array: Values = np.asarray(value).astype(kind)
    return array.reshape(-1, *[1] * (len(shape) - 1)) if array.ndim == 1 else array


def arranged(values: Values, order: IndexMap | None) -> Values:
    """`values (batch, *source shape)` in the places that an order gives them, zero where it reads nothing."""
    if order is None:
        return values
    taken = values.reshape(len(values), -1)[:, order.addresses]
    taken[:, order.addresses < 0] = 0
    return taken


def pooled(values: Values, pool: Pair) -> Values:
    """Sums over non-overlapping windows; rows and columns that fill no window are dropped."""
    if pool == (1, 1):
        return values
    rows, columns = values.shape[2] // pool[0], values.shape[3] // pool[1]
    whole = values[:, :, : rows * pool[0], : columns * pool[1]]
    windows: Values = whole.reshape(*values.shape[:2], rows, pool[0], columns, pool[1])
    return np.asarray(windows.sum(axis=(3, 5)))


def _through(synapse: Synapse, values: Values) -> Values:
    return RULES[type(synapse)](synapse, values)


def _touched(synapse: Windows, values: Values) -> Values:
    """Only events take this way: one for each window they lie in."""
    return np.asarray(np.sum(each_window(synapse, values, 0), axis=0))


def _identity(synapse: Identity, values: Values) -> Values:
    return values * _gain(synapse, values)


def _upsample(synapse: Upsample, values: Values) -> Values:
    return values.repeat(synapse.factor[0], axis=2).repeat(synapse.factor[1], axis=3) * _gain(synapse, values)


def _average(synapse: AvgPool2d, values: Values) -> Values:
    windows = Windows(synapse.kernel, synapse.stride)
    return np.asarray(np.sum(each_window(windows, values, 0), axis=0) * _gain(synapse, values))


def _separable(synapse: Separable2d, values: Values) -> Values:
    """Channel by channel with the weights of every input at every output, `(rows, columns, in rows, in columns)`."""
    if values.ndim == 3:
        return _separable(synapse, values[:, :, None])[:, :, 0]
    kind = np.int64 if values.dtype == np.int64 else np.float32
    every = np.einsum("yi,xj->yxij", synapse.rows, synapse.columns)
    gains = np.broadcast_to(np.asarray(synapse.gain).astype(kind), (values.shape[1],))
    sums = [
        np.einsum("yxij,nij->nyx", (every * gain).astype(kind).astype(values.dtype), values[:, channel])
        for channel, gain in enumerate(gains)
    ]
    return np.stack(sums, axis=1)


def _linear(synapse: Linear, values: Values) -> Values:
    return np.asarray(values.reshape(len(values), -1) @ _weights(synapse, values).T)


def _conv2d(synapse: Conv2d, values: Values) -> Values:
    return correlate(synapse, _weights(synapse, values), values)


def _conv1d(synapse: Conv1d, values: Values) -> Values:
    flat = Conv2d(synapse.weights, (1, synapse.stride), (0, synapse.padding), (1, synapse.dilation), synapse.groups)
    return correlate(flat, _weights(synapse, values)[:, :, None], values[:, :, None])[:, :, 0]


def _transposed(synapse: ConvTranspose2d, values: Values) -> Values:
    return spread(synapse, _weights(synapse, values), values)


RULES: dict[type, Callable[[Any, Values], Values]] = {
    Linear: _linear,
    Conv1d: _conv1d,
    Conv2d: _conv2d,
    ConvTranspose2d: _transposed,
    AvgPool2d: _average,
    Upsample: _upsample,
    Identity: _identity,
    Separable2d: _separable,
    Windows: _touched,
}
"""What each synapse makes of what comes out of its pool."""


def _weights(synapse: Linear | Conv1d | Conv2d | ConvTranspose2d, values: Values) -> Values:
    return synapse.weights.values().astype(values.dtype.type)


def _gain(synapse: AvgPool2d | Identity | Upsample, values: Values) -> Values:
    """The gain as a float32 number or an integer, wide enough to multiply `values (batch, channels, ...)`."""
    kind = np.int64 if values.dtype == np.int64 else np.float32
    return column(synapse.gain, values.shape[1:], kind).astype(values.dtype)


def _survivors(synapse: Synapse) -> Synapse:
    """The same synapse with every surviving weight replaced by one."""
    if synapse.weights is not None:
        return synapse.with_weights(dense((synapse.weights.values() != 0).astype(np.int64)))
    if synapse.gain is not None:
        ones = {name: (getattr(synapse, name) != 0).astype(np.int64) for name in synapse.matrices}
        record: Any = synapse.with_gain((np.asarray(synapse.gain) != 0).astype(np.int64))
        counted: Synapse = replace(record, **ones)
        return counted
    return synapse
