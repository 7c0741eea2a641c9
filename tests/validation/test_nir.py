"""NIR: what we write comes back bit for bit, what it cannot say is refused, files of other tools mean what they meant there."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import Phase, assume, given, settings

from spikewright import InvalidFile, InvalidInput, InvalidNetwork
from spikewright.snn import (
    IF,
    LIF,
    Conv2d,
    Dense,
    Direct,
    Identity,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    RateCode,
    Source,
    simulate,
)
from spikewright.snn.interop.nir import (
    NORSE,
    PERMISSIONS,
    SNNTORCH,
    Convention,
    Reading,
    carried,
    from_nir,
    to_nir,
    write_nir,
)
from tests.snn.every_record import NETWORKS
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
    if kinds & NO_NODE:
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
    projections = (Projection("in", "a", Linear(Dense(first))), Projection("a", "out", Linear(Dense(last))))
    return Network(populations, projections, "in", "out", Direct(12), readout="count")


def images(batch: int = 5, size: int = 6) -> Any:
    return np.random.default_rng(5).random((batch, size), dtype=np.float32)


@pytest.mark.parametrize(
    ("network", "what"),
    [
        (plain("subtract"), "reset"),
        (plain(initial=0.5), "initial"),
        (replace(plain(), schedule="layerwise"), "schedule"),
        (replace(plain(), code=Direct(12, 15)).to_fixed(), "fixed"),
        (replace(plain(), code=Direct(12, None, 6)), "code"),
        (NETWORKS["refractory"], "refractory"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_nothing_is_hardened_without_permission(network: Network, what: str) -> None:
    assert what in {row.what for row in carried(network) if row.changes}
    everything_else = tuple(p for p in PERMISSIONS if p != what)
    with pytest.raises(InvalidNetwork, match=rf"other spikes.*{what} of"):
        to_nir(network, allow=everything_else)
    to_nir(network, allow=PERMISSIONS)


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


def leaky(beta: float, threshold: float, *shape: int, **options: Any) -> Any:
    import snntorch

    values = (torch.full(shape, value) for value in (beta, threshold))
    beta_, threshold_ = values
    return snntorch.Leaky(beta=beta_, threshold=threshold_, reset_mechanism="zero", init_hidden=True, **options)


def run(modules: Any, x: Any, steps: int, is_neuron: Callable[[Any], bool]) -> list[Any]:
    """Spike counts of every neuron module over `steps` of a constant input."""
    totals: dict[int, Any] = {}
    for _ in range(steps):
        value = torch.from_numpy(x)
        for number, module in enumerate(modules):
            value = module(value)
            value = value[0] if isinstance(value, tuple) else value
            if is_neuron(module):
                totals[number] = totals.get(number, 0) + value.detach().numpy()
    return [total.astype(np.int64) for total in totals.values()]


@pytest.mark.parametrize("recurrent", [False, True])
def test_files_of_snntorch_mean_what_they_meant_there(recurrent: bool, tmp_path: Path) -> None:
    import snntorch
    from snntorch.export_nir import export_to_nir

    middle = leaky(0.9, 0.5, 20)
    if recurrent:
        options = {"all_to_all": True, "linear_features": 20, "reset_mechanism": "zero", "reset_delay": False}
        middle = snntorch.RLeaky(beta=0.9, threshold=0.5, init_hidden=True, **options)
    net = torch.nn.Sequential(torch.nn.Linear(6, 20), middle, torch.nn.Linear(20, 4), leaky(0.8, 0.4, 4, output=True))
    nir.write(tmp_path / "other.nir", export_to_nir(net, torch.rand(6)))
    if recurrent:
        with pytest.raises(InvalidNetwork, match=r"feeds itself.*loop_delay=1"):
            from_nir(tmp_path / "other.nir", reading=Reading(Direct(16), SNNTORCH))
    network = from_nir(tmp_path / "other.nir", reading=Reading(Direct(16), SNNTORCH, loop_delay=int(recurrent)))
    for module in net:
        if hasattr(module, "reset_mem"):
            module.reset_mem()
    wanted = run(net, images(), 16, lambda module: hasattr(module, "reset_mem"))
    found = counts(network, images())
    for population, count in zip(network.order[1:], wanted, strict=True):
        assert count.sum() > 10
        np.testing.assert_array_equal(found[population.name], count)


def test_snntorch_reads_our_file_as_we_mean_it() -> None:
    from snntorch.import_nir import import_from_nir

    random = np.random.default_rng(3)
    network = replace(plain(), projections=tuple(
        replace(q, synapse=Linear(Dense((random.integers(-7, 8, q.synapse.weights.shape) / 8).astype(np.float32))))  # type: ignore[union-attr]
        for q in plain().projections
    ))  # fmt: skip
    graph = nir.NIRGraph(to_nir(network).nodes, to_nir(network).edges)
    module, state, totals = import_from_nir(graph), None, 0
    for _ in range(network.steps):
        answer = module(torch.from_numpy(images()), state)
        value, state = answer if isinstance(answer, tuple) else (answer, None)
        totals = totals + value.detach().numpy()
    np.testing.assert_array_equal(totals, counts(network, images())["out"])


def test_files_of_norse_mean_what_they_meant_there(tmp_path: Path) -> None:
    import norse.torch as norse
    from norse.torch.functional.iaf import IAFFeedForwardState, iaf_feed_forward_step
    from norse.torch.functional.lif_box import LIFBoxFeedForwardState, lif_box_feed_forward_step
    from norse.torch.utils.export_nir import to_nir as norse_to_nir

    def full(size: int, value: float) -> Any:
        return torch.full((size,), value)

    iaf = norse.IAFCell(norse.IAFParameters(v_th=full(20, 0.7), v_reset=full(20, 0.0)))
    rates = {"tau_mem_inv": full(4, 200.0), "v_leak": full(4, 0.0), "v_th": full(4, 0.1), "v_reset": full(4, 0.0)}
    box = norse.LIFBoxCell(norse.LIFBoxParameters(**rates))
    first, last = torch.nn.Linear(6, 20), torch.nn.Linear(20, 4)
    nir.write(tmp_path / "other.nir", norse_to_nir(norse.SequentialState(first, iaf, last, box), torch.rand(6)))
    network = from_nir(tmp_path / "other.nir", reading=Reading(Direct(16), NORSE))
    v, w = IAFFeedForwardState(torch.zeros(5, 20)), LIFBoxFeedForwardState(torch.zeros(5, 4))
    wanted = [0, 0]
    with torch.no_grad():
        for _ in range(16):
            fired, v = iaf_feed_forward_step(first(torch.from_numpy(images())), v, iaf.p)
            answer, w = lif_box_feed_forward_step(last(fired), w, box.p)
            wanted = [wanted[0] + fired.numpy(), wanted[1] + answer.numpy()]
    found = counts(network, images())
    for population, count in zip(network.order[1:], wanted, strict=True):
        assert np.sum(count) > 10
        np.testing.assert_array_equal(found[population.name], count)


@pytest.mark.parametrize(("kernel", "stride"), [(2, 2), (3, 2), (2, 1)])
def test_pools_of_other_tools(kernel: int, stride: int) -> None:
    """Convolution, average, Scale, neuron: composed into one convolution that makes what torch makes of them."""
    torch.manual_seed(2)
    conv, scale = torch.nn.Conv2d(2, 4, 3, stride=1, padding=1, dilation=2, groups=2), np.full((1,), 0.5)
    size = (6 - kernel) // stride + 1
    nodes = {
        "in": nir.Input({"input": np.array([2, 8, 8])}),
        "conv": nir.Conv2d(None, conv.weight.detach().numpy(), 1, 1, 2, 2, conv.bias.detach().numpy()),
        "pool": nir.AvgPool2d(np.array([kernel, kernel]), np.array([stride, stride]), np.array([0, 0])),
        "scale": nir.Scale(scale),
        "if": nir.IF(r=np.full((4, size, size), 2.0), v_threshold=np.full((4, size, size), 1e9)),
        "out": nir.Output({"output": np.array([4, size, size])}),
    }
    edges = list(zip(list(nodes)[:-1], list(nodes)[1:], strict=True))
    network = from_nir(nir.NIRGraph(nodes, edges, type_check=False), reading=Reading(Direct(1)))
    x = np.random.default_rng(1).random((3, 2, 8, 8), dtype=np.float32)
    found = simulate(network, x, engine="reference", record=("potentials",)).potentials["if"][-1]
    with torch.no_grad():
        wanted = torch.nn.functional.avg_pool2d(conv(torch.from_numpy(x)), kernel, stride).numpy()
    np.testing.assert_allclose(found, wanted, atol=1e-6)


def test_an_average_in_front_of_weights_becomes_a_pool() -> None:
    weights = np.ones((3, 8), dtype=np.float32)
    nodes = {
        "in": nir.Input({"input": np.array([2, 4, 4])}),
        "pool": nir.AvgPool2d(*(np.array(p) for p in ((2, 2), (2, 2), (0, 0)))),
        "flat": nir.Flatten({"input": np.array([2, 2, 2])}, 0, -1),
        "affine": nir.Affine(weights, np.arange(3.0)),
        "out": nir.I(r=np.ones(3)),
        "end": nir.Output({"output": np.array([3])}),
    }
    network = from_nir(
        nir.NIRGraph(nodes, list(zip(list(nodes)[:-1], list(nodes)[1:], strict=True))), reading=Reading(RateCode(4))
    )
    (projection,) = network.projections
    assert projection.pool == (2, 2) and isinstance(projection.synapse, Linear) and network.readout == "potential"
    np.testing.assert_array_equal(projection.synapse.weights.values, weights / 4)  # type: ignore[union-attr]
    np.testing.assert_array_equal(network.by_name["out"].bias, np.arange(3.0))


def test_a_convolution_with_groups_and_a_residual_survive_without_metadata() -> None:
    random = np.random.default_rng(0)
    conv = Conv2d(Dense((random.integers(-7, 8, (4, 2, 3, 3)) / 16).astype(np.float32)), padding=(1, 1), groups=2)
    parts = (
        Population("in", (4, 5, 5), Source()),
        Population("a", (4, 5, 5), IF(0.5, "zero")),
        Population("o", (4, 5, 5), Integrator()),
    )
    ways = (Projection("in", "a", conv), Projection("a", "o", conv), Projection("a", "o", Identity(), name="skip"))
    network = Network(parts, ways, "in", "o", RateCode(6))
    read = from_nir(to_nir(network), reading=Reading(RateCode(6)))
    x = (random.integers(0, 17, (3, 4, 5, 5)) / 16).astype(np.float32)
    np.testing.assert_array_equal(simulate(read, x).logits, simulate(network, x).logits)
