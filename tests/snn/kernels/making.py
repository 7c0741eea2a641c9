"""Small arguments of kernels, with the types that the engine gives them, so that compiled kernels on disk serve tests, too."""

import numpy as np

from spikewright.snn.kernels.events import Events, no_values
from spikewright.snn.kernels.firing import Answer, Cells, Drive, ThresholdLaw


def events_of(sent, kind=None, graded=False, room=8):
    """Events of numbers `sent (samples, steps, neurons)`; with values of a `kind`, without where it is None."""
    samples, steps, neurons = sent.shape
    places = neurons * steps + room
    address, ends = np.zeros((samples, places), np.int32), np.zeros((samples, steps + 1), np.int32)
    value = no_values(samples) if kind is None else np.zeros((samples, places), kind)
    for s in range(samples):
        steps_of, addresses = np.nonzero(sent[s])
        address[s, : addresses.size] = addresses
        ends[s, 1:] = np.cumsum(np.bincount(steps_of, minlength=steps))
        if kind is not None:
            value[s, : addresses.size] = sent[s][steps_of, addresses]
    return Events(address, ends, value, graded)


def room_for(samples, steps, neurons, kind=None):
    """Events that a kernel may write to."""
    places = neurons * steps + 8
    value = no_values(samples) if kind is None else np.zeros((samples, places), kind)
    return Events(np.zeros((samples, places), np.int32), np.zeros((samples, steps + 1), np.int32), value)


def sent_by(events, neurons):
    """The numbers (samples, steps, neurons) of events; 1 where they have no values."""
    samples, steps = len(events.ends), events.ends.shape[1] - 1
    sent = np.zeros((samples, steps, neurons), np.int64 if events.value.dtype.kind != "f" else np.float64)
    for s, t in np.ndindex(samples, steps):
        for n in range(events.ends[s, t], events.ends[s, t + 1]):
            assert sent[s, t, events.address[s, n]] == 0, "one event a neuron and step"
            sent[s, t, events.address[s, n]] = events.value[s, n] if events.value.shape[1] else 1
    return sent


def drive_of(sums, bias, kind, steps=None):
    """A drive without weighted steps; `sums (samples, planes, neurons)`, `bias (neurons,)` that flows in every step."""
    number = np.arange(steps or sums.shape[1])
    ones = np.ones(number.size, np.int64)
    both = np.stack([bias, np.zeros_like(bias)]).astype(kind)
    return Drive(sums.astype(kind), both, np.zeros(number.size, np.int64), ones, ones, number)


def threshold_law(threshold, kind, **fields):
    """The law of IF neurons, or with other `fields`; wide enough that nothing saturates unless `top` says so."""
    fixed = np.dtype(kind).kind != "f"
    law = ThresholdLaw(
        1, threshold.astype(kind), np.zeros(threshold.size, kind), 0 if fixed else np.float32(1), 0,
        2**20 if fixed else 0, False, -1, 0,
    )  # fmt: skip
    return law._replace(**fields)


def cells_at(potential, kind, remembers=False):
    """Cells at `potential (samples, neurons)`."""
    size = potential.shape[1] if remembers else 0
    return Cells(potential.astype(kind), np.zeros((len(potential), size), np.int32))


def answer_for(samples, steps, neurons, kind, value=None, traced=False):
    """Where a firing kernel writes; with values of type `value`, and potentials where `traced`."""
    room = room_for(samples, steps, neurons, value)
    padded = (neurons + 7) // 8 * 8
    trace = np.zeros((samples, steps, neurons) if traced else (0, 0, 0), kind)
    return Answer(room.address, room.ends, room.value, np.zeros((samples, steps, padded), np.int8), trace)


def sent_in(answer, neurons):
    """What a firing kernel wrote."""
    return sent_by(Events(answer.address, answer.ends, answer.value), neurons)
