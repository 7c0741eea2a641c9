"""The engine of time-coded networks: closed form, layer by layer, at most one spike a neuron, no time step.

A spike is its value, the time left in its window (see `snn.neurons.Ramp`); all arithmetic is float64.
"""

import numpy as np

from snn.activity import Activity
from snn.encode import encode_graded
from snn.engines import deliver, kernels
from snn.engines.buffers import Buffers
from snn.engines.events import Events, events_of
from snn.engines.faults import public_draws
from snn.engines.layer import Array, Layer, compile_timed_layer
from snn.engines.ledger import Ledger
from snn.engines.plan import engine_order
from snn.engines.threads import over_chunks
from snn.network import Network
from snn.neurons import Ramp
from snn.noise import SpikeDeletion
from snn.simulate import Request

CHUNK_SAMPLES = 64


def run(request: Request) -> Activity:
    """Simulate a time-coded network."""
    network, ledger = request.network, Ledger(request)
    layers = [compile_timed_layer(network, population) for population in network.order[1:]]

    def some(samples: slice, _: Buffers) -> None:
        sent = {network.input: _input(request, ledger, samples)}
        for layer in layers:
            S = np.zeros((samples.stop - samples.start, 1, layer.population.size))
            for projection, scatter in layer.scatters:
                events, operations = sent[projection.source], ledger.operations[projection.name][samples]
                deliver.deliver_graded(S, events.index, events.value, events.ends, scatter, operations)
            sent[layer.population.name] = _answer(request, ledger, layer, S, samples)

    over_chunks(request.images.shape[0], CHUNK_SAMPLES, some)
    return ledger.activity("temporal")


def _input(request: Request, ledger: Ledger, samples: slice) -> Events:
    network, images = request.network, request.images[samples]
    public = engine_order(network.by_name[network.input].shape)
    values = encode_graded(network.code, images, fixed=network.numbers == "fixed").reshape(images.shape[0], 1, -1)
    events = events_of(values, public, np.dtype(np.float64))
    return _send(request, ledger, (network.input, public, 1.0), events, samples)


def _answer(request: Request, ledger: Ledger, layer: Layer, S: Array, samples: slice) -> Events:
    """The spikes of a population; an Integrator has none."""
    neuron, count, size = layer.population.neuron, S.shape[0], layer.population.size
    window, levels = (neuron.window, neuron.levels or 0) if isinstance(neuron, Ramp) else (0.0, 0)
    index, value = np.zeros((count, size), np.int32), np.zeros((count, size))
    ends, trace = np.zeros((count, 2), np.int32), np.empty((count, 1, size))
    kernels.ramp(S, layer.initial + layer.bias[0], window, levels, (index, value, ends, trace))
    if layer.population.name == request.network.output or "potentials" in request.record:
        ledger.potentials(layer, trace, samples, slice(0, 1))
    return _send(request, ledger, (layer.population.name, layer.public, window), Events(index, ends, value), samples)


def _send(request: Request, ledger: Ledger, sender: tuple[str, Array, float], events: Events, samples: slice) -> Events:
    """Note what is sent; return what arrives: spikes lost, or moved in time within the window."""
    name, public, window = sender
    ledger.sent(name, public, events, samples, slice(0, 1))
    network: Network = request.network
    stream = 16 * [p.name for p in network.populations].index(name)
    for one in request.noise:
        values = np.asarray(events.value)
        if isinstance(one, SpikeDeletion):
            draws = public_draws(one.seed, stream, samples.start, public[events.index])
            limit = int(one.probability * 2.0**64)
            values = np.where(draws < np.uint64(min(limit, 2**64 - 1)) if limit < 2**64 else True, 0.0, values)
        else:
            draws = public_draws(one.seed, stream + 1, samples.start, public[events.index])
            later = (draws / 2.0**64 * 2.0 - 1.0) * one.width * window
            values = np.clip(values - later, 0.0, window)
        events = _arriving(events, values)
    return events


def _arriving(events: Events, values: Array) -> Events:
    """Events with new values, those of value zero taken out."""
    places = np.arange(values.shape[1]) < events.ends[:, 1:]
    kept = places & (values > 0)
    order = np.argsort(~kept, axis=1, kind="stable")
    ends = np.zeros_like(events.ends)
    ends[:, 1] = kept.sum(axis=1)
    return Events(np.take_along_axis(events.index, order, 1), ends, np.take_along_axis(values, order, 1))
