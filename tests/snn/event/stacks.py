"""Stacks of convolutions whose neurons may fire into masks, and the check that nobody can tell."""

from unittest.mock import patch

import numpy as np

from spikewright.snn import (
    IF,
    Conv2d,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    RateCode,
    Source,
    dense,
    simulate,
)
from spikewright.snn.event.engine import EventRun
from spikewright.snn.event.masking import MaskedFiring
from spikewright.snn.simulation import Request
from tests.snn.test_contract import assert_same

CHANNELS = [6, 16, 17, 64, 70]
ROWS, COLUMNS = 4, 3


def drawn(random, *shape):
    """Weights of a byte, more of them above zero."""
    return dense(random.integers(-8, 12, shape).astype(np.int8))


def kernel(random, targets, sources):
    """A convolution of 3 x 3 that keeps the map."""
    return Conv2d(drawn(random, targets, sources, 3, 3), padding=(1, 1))


def stack(seed, channels, neuron=None, code=None, edges="ia ab bo", neurons=(), **links):
    """in -> populations of one map each -> sum; `edges`: pairs of names, `links`: more fields of some; small letters are maps."""
    random, pairs = np.random.default_rng(seed), edges.split()
    names = sorted({*"".join(pairs)} - {"i", "o"})
    found = dict(zip(names, neurons or [neuron or IF(40)] * len(names), strict=True))
    parts = [Population("i", (2, ROWS, COLUMNS), Source())]
    parts += [Population(name, (channels, ROWS, COLUMNS), found[name], 2, 1, 14) for name in names]
    parts.append(Population("o", (3,), Integrator(), 0, 0, 32))
    width = {"i": 2}
    made = []
    for a, b in pairs:
        more, count = links.get(a + b, {}), width.get(a, channels)
        first, stop = more.get("channels", (0, channels))
        synapse = Linear(drawn(random, 3, count * ROWS * COLUMNS)) if b == "o" else kernel(random, stop - first, count)
        made.append(Projection(a, b, synapse, **more))
    return Network(tuple(parts), tuple(made), "i", "o", code or RateCode(9), numbers="fixed")


def images(network, batch=3, seed=0):
    shape = network.by_name[network.input].shape
    return np.random.default_rng(seed).integers(0, 17, (batch, *shape)).astype(np.float32) / 16


def masked_of(network, **options):
    """The populations that fire into masks."""
    return EventRun(Request(network, images(network, 1), **options)).masked.names


def assert_nobody_can_tell(network, batch=3, **options):
    """With masks, without, and the reference."""
    given = images(network, batch)
    fast, slow = (simulate(network, given, engine=engine, **options) for engine in ("event", "reference"))
    assert_same(fast, slow, records=False)
    with patch.object(MaskedFiring, "serves", lambda *_: False):
        assert_same(simulate(network, given, **options), slow, records=False)


def any_numbers(neuron, steps):
    """A network of float32 weights whose sums are rounded."""
    random = np.random.default_rng(14)
    first, last = (random.normal(size=size).astype(np.float32) for size in ((24, 2, 3, 3), (3, 24 * ROWS * COLUMNS)))
    inner = random.normal(size=(24, 24, 3, 3)).astype(np.float32) / 8
    parts = [Population("i", (2, ROWS, COLUMNS), Source())]
    parts += [Population(name, (24, ROWS, COLUMNS), neuron, 0.1) for name in "ab"]
    links = (
        Projection("i", "a", Conv2d(dense(first), padding=(1, 1))),
        Projection("a", "b", Conv2d(dense(inner), padding=(1, 1))),
        Projection("b", "o", Linear(dense(last))),
    )
    return Network((*parts, Population("o", (3,), Integrator())), links, "i", "o", RateCode(steps))
