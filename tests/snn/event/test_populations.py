"""Populations as the engine holds them: kept beside their network, routes in an order, noise where it acts."""

import numpy as np
import pytest

from spikewright.snn import (
    IF,
    Conv2d,
    Direct,
    Identity,
    Integrator,
    MembraneNoise,
    Network,
    Population,
    PotentialBitFlips,
    Projection,
    RateCode,
    Source,
    TernaryIF,
    Windows,
    dense,
)
from spikewright.snn.event.populations import CompiledGate, CompiledNeurons, compile_population, compiled_populations
from spikewright.snn.event.routes.lanes import LanesRoute
from tests.snn.event.steps import gated
from tests.snn.small import single

SHAPE = (4, 3, 3)


def simple(neuron=None, schedule="synchronous", code=None, **options):
    return single((SHAPE, SHAPE), neuron or IF(1.0), Identity(), code or RateCode(4), schedule=schedule, **options)


def test_kept_for_one_kind_of_noise():
    network, noise = simple(), (MembraneNoise(0.5),)
    first = compiled_populations(network, ())
    assert compiled_populations(network, ()) is first
    assert compiled_populations(network, noise) is not first
    assert compiled_populations(network, ()) is not first


@pytest.mark.parametrize("schedule", ["synchronous", "layerwise"])
def test_biases_flow_or_not(schedule):
    network = simple(schedule=schedule, bias=np.arange(4.0), code=Direct(5))
    found = compile_population(network, network.populations[1], ())
    current = np.tile(np.arange(4.0) * (5 if schedule == "layerwise" else 1), 9)
    np.testing.assert_array_equal(found.bias, [current, 0 * current])
    assert found.bias.flags.c_contiguous and found.gathers == (schedule == "layerwise")


def test_noise_on_potentials():
    noise = (MembraneNoise(0.5, 1, ("a",)), PotentialBitFlips(0.1, 2), MembraneNoise(0.5, 3, ("other",)))
    network = simple(IF(np.arange(1, 5)), numbers="fixed", potential_bits=9, schedule="layerwise")
    found = compile_population(network, network.populations[1], noise)
    assert [one for one, _ in found.shakes] == [noise[0]] and found.flips == (noise[1],)
    np.testing.assert_array_equal(found.shakes[0][1], np.tile(np.arange(1, 5) * 0.5, 9))
    assert found.disturbed and not found.gathers
    integrator = simple(Integrator(), numbers="fixed", potential_bits=9)
    answer = compile_population(integrator, integrator.populations[1], noise)
    assert not answer.shakes and answer.flips


def test_the_first_route_is_one_that_lanes_may_serve():
    """A slice of the channels cannot have lanes: whoever fills its target goes first, and only it has them."""
    parts = (
        Population("in", (4, 3, 3), Source()), Population("half", (2, 3, 3), IF(1.0)), Population("a", SHAPE, IF(1.0)),
    )  # fmt: skip
    pick = dense(np.eye(2, 4, dtype=np.float32).reshape(2, 4, 1, 1))
    links = (
        Projection("in", "half", Conv2d(pick)),
        Projection("half", "a", Identity(), channels=(2, 4)),
        Projection("in", "a", Conv2d(dense(np.ones((4, 1, 3, 3), np.float32)), padding=(1, 1), groups=4)),
    )
    network = Network(parts, links, "in", "a", RateCode(4), readout="count")
    found = compile_population(network, network.populations[2], ())
    assert [one.projection.source for one in found.incoming] == ["in", "half"]
    assert [type(one.route) is LanesRoute for one in found.incoming] == [True, False]


def test_who_sends_numbers():
    assert not compile_population(simple(), simple().populations[1], ()).numbered
    signed = simple(TernaryIF(1.0, 1.0))
    assert compile_population(signed, signed.populations[1], ()).numbered


@pytest.mark.parametrize(("code", "graded"), [(RateCode(4), False), (Direct(1), True)])
def test_gates(code, graded):
    network = gated(SHAPE, (4, 2, 2), Windows((2, 2), (1, 1)), code)
    found = compile_population(network, network.populations[1], ())
    assert isinstance(found, CompiledGate) and not isinstance(found, CompiledNeurons)
    assert (found.graded, found.gathers, found.most) == (graded, False, 1)
    windows = found.incoming[0].windows
    assert (windows.source, windows.target, windows.kernel) == ((3, 3, 4), (2, 2, 4), (2, 2))
