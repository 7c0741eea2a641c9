"""NIR: what we write comes back bit for bit, what it cannot say is refused, files of other tools mean what they meant there."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, assume, given, settings

from spikewright import InvalidFile, InvalidInput, InvalidNetwork
from spikewright.snn import (
    IF,
    LIF,
    Direct,
    Linear,
    Network,
    Population,
    Projection,
    Source,
    dense,
    simulate,
)
from spikewright.snn.interop.nir import (
    PERMISSIONS,
    Convention,
    Reading,
    from_nir,
    to_nir,
    write_nir,
)
from tests.snn.every_record import NETWORKS, RANGED
from tests.snn.strategies import Case, cases

nir = pytest.importorskip("nir")
pytestmark = pytest.mark.filterwarnings("ignore:nirtorch:DeprecationWarning")
NO_NODE = {
    "SignedIF",
    "TernaryIF",
    "Burst",
    "LatchedIF",
    "FewSpikeIF",
    "MaxGate",
    "Ramp",
    "QuantReLU",
    "Ttfs",
    "ConvTranspose2d",
    "Separable2d",
    "Upsample",
    "Windows",
}


def counts(network: Network, images: Any) -> dict[str, Any]:
    """Spikes of every neuron over the run."""
    rasters = simulate(network, images, engine="reference", record=("rasters",)).rasters
    return {name: raster.sum(axis=0) for name, raster in rasters.items()}


def same_spikes(one: Network, other: Network, images: Any) -> None:
    mine, theirs = (simulate(n, images, record=("rasters", "potentials")) for n in (one, other))
    np.testing.assert_array_equal(mine.logits_over_time, theirs.logits_over_time)
    for name, raster in mine.rasters.items():
        np.testing.assert_array_equal(raster, theirs.rasters[name])


@settings(max_examples=30, deadline=None, phases=[Phase.generate])
@given(case=cases("spiking"))
def test_what_was_written_is_read_back_bit_for_bit(tmp_path_factory: Any, case: Case) -> None:
    """Float and fixed point, both resets, v0, both schedules, residuals, slices, every storage."""
    try:
        graph = to_nir(case.network, allow=PERMISSIONS)
    except InvalidNetwork as error:
        assert "square" in str(error) or "slice" in str(error)
        return
    path = tmp_path_factory.mktemp("nir") / "network.nir"
    write_nir(graph, path)
    assert nir.read(path).edges == graph.edges  # NIR's own reader accepts it, type check and all
    same_spikes(case.network, from_nir(path), case.images)


@pytest.mark.parametrize("name", NETWORKS)
def test_every_record_is_carried_or_refused_by_name(name: str) -> None:
    network = NETWORKS[name]
    kinds = {type(p.neuron).__name__ for p in network.populations} | {
        type(q.synapse).__name__ for q in network.projections
    }
    if name == "Tail":
        with pytest.raises(InvalidNetwork, match="which NIR has no place for"):
            to_nir(network, allow=PERMISSIONS)
        return
    if kinds & NO_NODE or name == "order":
        with pytest.raises(InvalidNetwork, match=r"NIR 1\.0 has no"):
            to_nir(network, allow=PERMISSIONS)
        return
    back = from_nir(to_nir(network, allow=PERMISSIONS))
    assert (back.code, back.decision, back.schedule) == (network.code, network.decision, network.schedule)


def plain(reset: Any = "zero", leak: float | None = 0.25, initial: float = 0.0) -> Network:
    """A network that NIR can say, unless an argument asks for more."""
    random = np.random.default_rng(3)
    first, last = (random.normal(0, 0.6, shape).astype(np.float32) for shape in ((12, 6), (4, 12)))
    neuron = IF(0.75, reset) if leak is None else LIF(0.75, leak, reset)
    populations = (
        Population("in", (6,), Source()),
        Population("a", (12,), neuron, random.normal(0, 0.1, 12).astype(np.float32), initial),
        Population("out", (4,), neuron),
    )
    projections = (Projection("in", "a", Linear(dense(first))), Projection("a", "out", Linear(dense(last))))
    return Network(populations, projections, "in", "out", Direct(12), readout="count")


def images(batch: int = 5, size: int = 6) -> Any:
    return np.random.default_rng(5).random((batch, size), dtype=np.float32)


@settings(max_examples=30, deadline=None, phases=[Phase.generate])
@given(case=cases("spiking", "float32"))
def test_nodes_alone_say_the_same_where_nothing_is_carried(case: Case) -> None:
    """Without metadata: reset to zero, no v0, synchronous. Dyadic weights, so that ties at the threshold are tested too."""
    network = replace(case.network, schedule="synchronous", populations=tuple(map(_sayable, case.network.populations)))
    try:
        graph = to_nir(network)
    except InvalidNetwork as error:
        assume("bias" not in str(error))
        return
    names = list(counts(network, case.images).values())
    read = from_nir(graph, reading=Reading(network.code))
    assert {p.shape for p in read.populations} == {p.shape for p in network.populations}
    by_shape = list(counts(read, case.images).values())
    for mine in names:
        assert any(mine.shape == other.shape and np.array_equal(mine, other) for other in by_shape)


def _sayable(population: Population) -> Population:
    neuron = replace(population.neuron, reset="zero") if isinstance(population.neuron, IF | LIF) else population.neuron
    return replace(population, neuron=neuron, initial=0.0)


def test_permissions_and_steps_are_checked() -> None:
    with pytest.raises(InvalidInput, match="expected permissions"):
        to_nir(plain(), allow=("everything",))
    with pytest.raises(InvalidInput, match="dt > 0"):
        to_nir(plain(), dt=0.0)
    with pytest.raises(InvalidInput, match="one of euler"):
        Convention(decay="other")  # type: ignore[arg-type]


def test_changed_nodes_are_noticed_and_can_be_read_instead() -> None:
    graph = to_nir(plain())
    graph.nodes["a"].v_threshold = graph.nodes["a"].v_threshold * 2
    with pytest.raises(InvalidFile, match="another v_threshold of 'a'"):
        from_nir(graph)
    read = from_nir(graph, reading=Reading(Direct(12)))
    assert np.all(np.asarray(read.by_name["a"].neuron.threshold) > 1.4)  # type: ignore[union-attr]


def test_a_range_of_the_inputs_is_refused() -> None:
    with pytest.raises(InvalidInput, match="expected a network of inputs in"):
        to_nir(RANGED, allow=PERMISSIONS)
