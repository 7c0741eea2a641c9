"""One population over some steps, as a run would take it."""

import numpy as np

from spikewright.snn import Identity, Integrator, MaxGate, Network, Population, Projection, Source
from spikewright.snn.event.buffers import Buffers
from spikewright.snn.event.chunk import Chunk
from spikewright.snn.event.ledger import Ledger
from spikewright.snn.event.populations import compile_population
from spikewright.snn.simulation import Request


def chunk_of(steps, samples=2):
    """Samples that stand at these steps."""
    chunk = Chunk(np.arange(samples), Buffers(), steps)
    chunk.begin()
    return chunk


def ledger_of(network, samples=2, record=()):
    """A ledger for so many samples."""
    shape = network.by_name[network.input].shape
    return Ledger(Request(network, np.zeros((samples, *shape), np.float32), record=record))


def gated(shape, target, windows, code):
    """in -> the gate "m" over `windows` -> out."""
    parts = (
        Population("in", shape, Source()),
        Population("m", target, MaxGate()),
        Population("out", target, Integrator()),
    )
    links = (Projection("in", "m", windows), Projection("m", "out", Identity()))
    return Network(parts, links, "in", "out", code)


def compiled(network, name, noise=()):
    """A population of a network."""
    return compile_population(network, network.by_name[name], noise)


def last_of(network, noise=()):
    """The output population."""
    return compiled(network, network.output, noise)
