"""Small networks for tests of laws, and the reference engine that runs them."""

from contextlib import contextmanager

import numpy as np

from spikewright.snn import (
    Identity,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    Source,
    dense,
    get_threads,
    set_threads,
    simulate,
)

RECORD = ("rasters", "potentials")
POPULATION = ("bias", "initial", "potential_bits")


def reference(network, inputs, **options):
    """An activity with everything recorded; `inputs` an array or a list of event arrays."""
    events = isinstance(inputs, list) and inputs and getattr(inputs[0], "dtype", None) is not None
    return simulate(network, inputs if events else np.asarray(inputs), engine="reference", record=RECORD, **options)


def single(shape, neuron, synapse, code, **options):
    """in -> a through `synapse`; `shape`: those of the input and of a. Options of population, projection and network."""
    own = {key: options.pop(key) for key in POPULATION if key in options}
    link = {key: options.pop(key) for key in ("pool", "delay", "shift", "channels", "order") if key in options}
    readout = options.pop("readout", "potential" if isinstance(neuron, Integrator) else "count")
    parts = (Population("in", shape[0], Source()), Population("a", shape[1], neuron, **own))
    return Network(parts, (Projection("in", "a", synapse, **link),), "in", "a", code, readout=readout, **options)


def chain(population, code, *, weight=1.0, size=1, output=None, **options):
    """Input of `size` -> population through one weight -> output (an integrator through weight 1)."""
    fixed = options.get("numbers") == "fixed"
    kind = np.int64 if fixed else np.float32
    last = output or Population("out", (1,), Integrator(), potential_bits=16 if fixed else None)
    first = Linear(dense(np.full((population.size, size), weight, kind)))
    second = Linear(dense(np.full((1, population.size), 1, kind)))
    projections = (Projection("in", population.name, first), Projection(population.name, last.name, second))
    parts = (Population("in", (size,), Source()), population, last)
    return Network(parts, projections, "in", last.name, code, **options)


def alone(neuron, code, **options):
    """One neuron `a` with weight one, its spikes and potentials `(steps,)` and the activity, for one input value."""
    keys = {key: options.pop(key) for key in POPULATION if key in options}
    value = options.pop("value")
    activity = reference(chain(Population("a", (1,), neuron, **keys), code, **options), [[value]])
    return activity.rasters["a"].ravel().tolist(), activity.potentials["a"].ravel().tolist(), activity


def sent(code, images, channels=None):
    """The raster of the input, `(steps, batch, *shape)`."""
    images = np.asarray(images, dtype=np.float64)
    shape = images.shape[1:]
    shape = (channels, *shape[1:]) if channels else shape
    network = single((shape, shape), Integrator(), Identity(), code)
    return reference(network, images).rasters["in"]


def events(*tuples):
    """Address events (x, y, t, p) in tonic's convention."""
    return np.array(list(tuples), dtype=[("x", "<i2"), ("y", "<i2"), ("t", "<i8"), ("p", "<i1")])


@contextmanager
def threads(count: int):
    """Simulations in this many threads, and as many as before afterwards."""
    before = get_threads()
    set_threads(count)
    try:
        yield
    finally:
        set_threads(before)
