"""What runs have in common is made once, and nobody can tell: the same answers, whatever ran before."""

from itertools import pairwise
from unittest.mock import patch

import numpy as np

from spikewright.snn import (
    IF,
    Direct,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    Source,
    SpikeDeletion,
    dense,
    simulate,
)
from spikewright.snn.event import pieces
from spikewright.snn.event.engine import EventRun
from spikewright.snn.event.ledger import Ledger
from spikewright.snn.event.prepared import FEW_SAMPLES, prepared_for
from spikewright.snn.simulation import Request

SHAPES = {"in": (6,), "a": (70,), "b": (17,), "out": (3,)}


def network(steps=9):
    """in -> a -> b -> out, whose a fires into masks for the dot products of b."""
    random = np.random.default_rng(0)
    neurons = [Source(), IF(12), IF(90), Integrator()]
    names = list(SHAPES)
    weights = {name: dense(random.integers(-9, 14, (*SHAPES[name], *SHAPES[before])).astype(np.int8))
               for before, name in pairwise(names)}  # fmt: skip
    populations = tuple(Population(name, SHAPES[name], neuron) for name, neuron in zip(names, neurons, strict=True))
    projections = tuple(Projection(before, name, Linear(weights[name])) for before, name in pairwise(names))
    return Network(populations, projections, "in", "out", Direct(steps))


def images(batch):
    return np.random.default_rng(batch).random((batch, 6), np.float32)


def common(network, **options):
    request = Request(network, images(1), **options)
    return prepared_for(request, Ledger(request))


def test_once_for_each_kind_of_run():
    one = network()
    first = common(one)
    assert common(one) is first and common(network()) is not first
    assert common(one, record=("potentials",)).masked == frozenset() != first.masked
    assert common(one, noise=(SpikeDeletion(0.5, 1),)).populations is not first.populations
    with patch.object(pieces, "CHUNK_STEPS", 4):
        assert len(common(one).pieces.chunks) == 3
    assert len(common(one).pieces.chunks) == 1


def test_answers_do_not_depend_on_what_ran_before():
    one, runs = network(), [(1, {}), (3, {}), (1, {"record": ("potentials",)}), (FEW_SAMPLES + 5, {}), (2, {}), (1, {})]
    for batch, options in runs:
        for kept in (one, one.to_fixed()):
            given, wanted = images(batch), network() if kept is one else network().to_fixed()
            found, fresh = simulate(kept, given, **options), simulate(wanted, given, **options)
            np.testing.assert_array_equal(found.logits_over_time, fresh.logits_over_time)
            for name in SHAPES:
                np.testing.assert_array_equal(found.spikes[name], fresh.spikes[name])


def test_what_a_run_answered_is_its_own():
    one = network()
    first = simulate(one, images(2), record=("rasters", "potentials"))
    logits, rasters = first.logits_over_time.copy(), {name: raster.copy() for name, raster in first.rasters.items()}
    simulate(one, images(2)[::-1], record=("rasters", "potentials"))
    np.testing.assert_array_equal(first.logits_over_time, logits)
    for name, raster in rasters.items():
        np.testing.assert_array_equal(first.rasters[name], raster)


def test_runs_of_few_samples_leave_their_buffers():
    one = network()
    few, many = (EventRun(Request(one, images(count))) for count in (FEW_SAMPLES, FEW_SAMPLES + 1))
    assert few.idle is common(one).idle and many.idle is None
