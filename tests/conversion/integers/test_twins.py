"""Spiking twins of drawn integer networks: counts are levels, nothing saturates."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright import InvalidInput, InvalidNetwork
from spikewright.conversion import settled, spiking
from spikewright.snn import (
    IF,
    Conv2d,
    Direct,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    QuantReLU,
    RateCode,
    SignedIF,
    Source,
    dense,
    simulate,
)
from spikewright.snn.running import Run
from spikewright.snn.simulation import with_steps
from tests.conversion.integer_networks import WIDE, Case, integer_cnns


def same_counts(cnn: Network, snn: Network, images: np.ndarray, engine: str) -> None:
    """Every population but the input has sent the same integers in all, and the logits are the same."""
    one = simulate(cnn, images, engine=engine, record=("rasters",))
    many = simulate(snn, images, engine=engine, record=("rasters",))
    np.testing.assert_array_equal(many.logits, one.logits)
    for population in cnn.populations[1:]:
        if not isinstance(population.neuron, Integrator):
            spikes = many.rasters[population.name].sum(axis=0)
            np.testing.assert_array_equal(spikes, one.rasters[population.name][0], population.name)


@settings(max_examples=60)
@given(integer_cnns())
def test_layerwise_counts_are_the_levels(case: Case) -> None:
    snn = spiking(case.network)
    for engine in ("event", "reference"):
        same_counts(case.network, snn, case.images, engine)


@settings(max_examples=60)
@given(integer_cnns(), st.sampled_from([1, 1, 2, 3, 6]))
def test_synchronous_counts_at_rest_are_the_levels(case: Case, window: int) -> None:
    snn = spiking(case.network, "synchronous", window)
    for engine in ("event", "reference"):
        same_counts(case.network, snn, case.images, engine)
        assert settled(simulate(snn, case.images, engine=engine)).all()


@settings(max_examples=20)
@given(integer_cnns(), st.sampled_from([1, 3]))
def test_nothing_happens_after_rest(case: Case, window: int) -> None:
    """Without the decision and with more steps, nothing more is sent."""
    snn = spiking(case.network, "synchronous", window)
    on = replace(snn, decision=None, code=replace(snn.code, steps=snn.steps + 9))
    rasters = simulate(on, case.images, engine="reference", record=("rasters",)).rasters
    last = simulate(snn, case.images).decision_step
    for name, sent in rasters.items():
        if name != "in":
            assert all(not sent[last[s] - 1 :, s].any() for s in range(len(last)))


@settings(max_examples=20)
@given(integer_cnns(), st.sampled_from(["layerwise", "synchronous"]))
def test_no_potential_saturates(case: Case, schedule: str) -> None:
    """The proved widths change nothing against 62 bits."""
    snn = spiking(case.network, schedule)
    wide = replace(snn, populations=tuple(replace(p, potential_bits=p.potential_bits and 60) for p in snn.populations))
    first, second = (simulate(n, case.images, engine="reference", record=("potentials",)) for n in (snn, wide))
    for name, potentials in first.potentials.items():
        np.testing.assert_array_equal(potentials, second.potentials[name])


def chain(levels: int = 3) -> Network:
    """An image neuron drives a; a excites b at once and, through a slow layer, holds it back. All thetas are 2."""
    biases = {"a": 0, "slow": -6, "b": 0}
    inner = [Population(name, (1,), QuantReLU(1, 1, levels), bias, 0, WIDE) for name, bias in biases.items()]
    links = [("in", "a", 2), ("a", "slow", 4), ("a", "b", 2), ("slow", "b", -2), ("b", "out", 1)]
    return Network(
        (Population("in", (1,), Source()), *inner, Population("out", (1,), Integrator(), 0, 0, WIDE)),
        tuple(Projection(s, t, Linear(dense(np.array([[w]], dtype=np.int8)))) for s, t, w in links),
        "in",
        "out",
        Direct(1, levels),
        numbers="fixed",
    )


def test_after_as_many_steps_as_levels_it_is_not_equal() -> None:
    cnn, image = chain(), np.ones((1, 1), dtype=np.float32)
    snn = spiking(cnn, "synchronous")
    wanted = simulate(cnn, image).logits
    assert wanted.item() == 0  # a = 3, slow = 3, b = 3 - 3
    with pytest.raises(InvalidInput, match="after them, not before"):
        simulate(snn, image, steps=3)
    short = with_steps(replace(snn, run=Run()), 3)
    assert simulate(short, image).logits.item() != 0
    assert simulate(snn, image).logits.item() == 0
    assert not settled(simulate(short, image)).any()
    assert simulate(snn, image).spikes["b"].item() > 0, "spikes were taken back"
    assert simulate(spiking(cnn), image).logits.item() == 0


def test_layers_with_fewer_levels_are_limited() -> None:
    cnn = chain()
    few = replace(cnn, populations=tuple(_with_levels(p, 1) if p.name == "slow" else p for p in cnn.populations))
    snn = spiking(few)
    assert isinstance(snn.by_name["a"].neuron, IF)
    assert isinstance(snn.by_name["slow"].neuron, SignedIF)
    assert snn.by_name["slow"].neuron.limit == 1
    same_counts(few, snn, np.ones((1, 1), dtype=np.float32), "event")


def _with_levels(population: Population, levels: int) -> Population:
    return replace(population, neuron=replace(population.neuron, levels=levels))


def test_bad_input_is_refused() -> None:
    cnn = chain()
    with pytest.raises(InvalidInput, match="'layerwise' or 'synchronous'"):
        spiking(cnn, "both")  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="1 to 1024 steps"):
        spiking(cnn, "synchronous", 0)
    with pytest.raises(InvalidInput, match="window=1 in the layerwise"):
        spiking(cnn, "layerwise", 3)
    with pytest.raises(InvalidNetwork, match="integer CNN"):
        spiking(spiking(cnn))
    with pytest.raises(InvalidNetwork, match="integer CNN"):
        spiking(replace(cnn, code=RateCode(1)))
    uneven = tuple(replace(p, neuron=QuantReLU(3, 4, 3)) if p.name == "b" else p for p in cnn.populations)
    with pytest.raises(InvalidNetwork, match="equally spaced levels in population 'b'"):
        spiking(replace(cnn, populations=uneven))


def test_an_answer_that_reads_the_image_takes_all_charge_at_once() -> None:
    cnn = chain()
    shortcut = Projection("in", "out", Linear(dense(np.array([[5]], dtype=np.int8))))
    both = replace(cnn, projections=(*cnn.projections, shortcut))
    image = np.array([[1.0], [0.4]], dtype=np.float32)
    same_counts(both, spiking(both, "synchronous"), image, "event")
    with pytest.raises(InvalidInput, match="reads the image"):
        spiking(both, "synchronous", 2)


def test_bias_enters_once() -> None:
    """A bias map on the output, no input at all: the logits are the bias in every schedule."""
    synapse = Conv2d(dense(np.ones((1, 1, 1, 1), dtype=np.int8)))
    populations = (
        Population("in", (1, 2, 2), Source()),
        Population("a", (1, 2, 2), QuantReLU(1, 1, 3), 0, 0, WIDE),
        Population("out", (1, 2, 2), Integrator(), np.arange(4).reshape(1, 2, 2), 0, WIDE),
    )
    projections = (Projection("in", "a", synapse), Projection("a", "out", synapse))
    cnn = Network(populations, projections, "in", "out", Direct(1, 3), numbers="fixed")
    dark = np.zeros((1, 1, 2, 2), dtype=np.float32)
    for schedule in ("layerwise", "synchronous"):
        np.testing.assert_array_equal(simulate(spiking(cnn, schedule), dark).logits, [[0, 1, 2, 3]])
    with pytest.raises(InvalidInput, match="bias for each pixel"):
        spiking(cnn, "synchronous", 2)
