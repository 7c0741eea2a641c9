"""NIR files and graphs of snnTorch, Norse, SpikingJelly and sinabs mean what they meant there; nodes alone say layers."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from spikewright import InvalidInput, InvalidNetwork
from spikewright.snn import Direct, Linear, dense, simulate
from spikewright.snn.interop.nir import (
    NORSE,
    SINABS,
    SNNTORCH,
    SPIKINGJELLY,
    Convention,
    Reading,
    from_nir,
    to_nir,
    write_nir,
)
from tests.snn.every_record import NETWORKS
from tests.snn.interop.imported import compare, dyadic, images, in_the_same_order, spikes_of
from tests.snn.interop.nir.test_exchange import counts, plain
from tests.snn.interop.nir.test_exchange import images as vectors

nir = pytest.importorskip("nir")
pytestmark = [
    pytest.mark.filterwarnings("ignore:nirtorch:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*NIRTorch.*:DeprecationWarning"),
]
STEPS = 6


@pytest.mark.parametrize("v_reset", [0.0, -0.25])
def test_files_of_spikingjelly(v_reset: float, tmp_path: Path) -> None:
    """All nodes that its export knows, written, read back, and compared spike for spike; ties at the threshold fire."""
    neuron = pytest.importorskip("spikingjelly.activation_based.neuron")
    from spikingjelly.activation_based import functional
    from spikingjelly.activation_based.nir_exchange import export_to_nir

    layers = [
        nn.Conv2d(1, 4, 3, padding=1),
        neuron.IFNode(v_threshold=0.5, v_reset=v_reset),
        nn.AvgPool2d(2),
        nn.Flatten(),
    ]
    layers += [nn.Linear(64, 12), neuron.LIFNode(tau=2.0, v_threshold=0.25, v_reset=v_reset), nn.Linear(12, 6)]
    module = dyadic(nn.Sequential(*layers, neuron.ParametricLIFNode(init_tau=2.0, decay_input=False, v_reset=v_reset)))
    export_to_nir(module, torch.rand(1, 1, 8, 8), save_path=tmp_path / "other.nir")
    functional.reset_net(module)
    network, x = from_nir(tmp_path / "other.nir", reading=Reading(Direct(STEPS), SPIKINGJELLY)), images(10, 1, 8, 8)
    theirs, _ = spikes_of(module, lambda: [module(x) for _ in range(STEPS)])
    names = [population.name for population in network.order[1:]]
    compare(network, x.numpy(), dict(zip(names, (theirs[key] for key in ("1", "5", "7")), strict=True)), least=10)


@pytest.mark.parametrize("kind", ["IAF", "LIF"])
def test_graphs_of_sinabs(kind: str) -> None:
    """It writes no input shapes, which nir 1.0.8 cannot put into a file, so the graph is handed over."""
    sl = pytest.importorskip("sinabs.layers")
    from sinabs import to_nir as sinabs_to_nir
    from sinabs.activation import SingleSpike

    def neurons() -> Any:
        common = {"spike_fn": SingleSpike, "spike_threshold": torch.tensor(0.5), "batch_size": 10}
        return sl.IAFSqueeze(**common) if kind == "IAF" else sl.LIFSqueeze(tau_mem=5.0, norm_input=False, **common)

    module = dyadic(
        nn.Sequential(nn.Conv2d(1, 4, 3), neurons(), sl.SumPool2d(2), nn.Flatten(), nn.Linear(36, 6), neurons())
    )
    x = images(10, 1, 8, 8)
    trains = x.repeat_interleave(STEPS, 0)
    module(trains)
    graph = sinabs_to_nir(module, trains)
    for layer in (module[1], module[5]):
        layer.reset_states()  # type: ignore[operator]
    network = from_nir(graph, reading=Reading(Direct(STEPS), SINABS, reset="subtract"))
    theirs, _ = spikes_of(module, lambda: module(trains))
    by_step = {
        name: in_the_same_order(theirs[name].reshape(10, STEPS, *theirs[name].shape[1:]), "batch time")
        for name in ("1", "5")
    }
    compare(network, x.numpy(), by_step)


@pytest.mark.parametrize(
    "name", ["Conv1d", "AvgPool2d", "Identity", "Sparse", "Codebook", "a threshold for each neuron"]
)
def test_layers_survive_without_metadata(name: str, tmp_path: Path) -> None:
    """One-dimensional and depthwise convolutions, pools, gains and storages, as nodes of a file."""
    parts: Any = NETWORKS[name].populations
    hard = [replace(p, neuron=replace(p.neuron, reset="zero")) if p.neuron.fires else p for p in parts]
    network = replace(NETWORKS[name], populations=tuple(hard))
    write_nir(to_nir(network), tmp_path / "network.nir")
    read = from_nir(tmp_path / "network.nir", reading=Reading(network.code, SNNTORCH))
    x = (np.random.default_rng(0).integers(0, 17, (6, *network.by_name["in"].shape)) / 16).astype(np.float32)
    mine, theirs = simulate(network, x), simulate(read, x)
    assert mine.spikes["b"].sum() > 10
    np.testing.assert_array_equal(mine.logits, theirs.logits)


def chain(node: Any) -> Any:
    """Input, weights, a neuron, output."""
    nodes = {"in": nir.Input(np.array([4])), "w": nir.Linear(np.eye(3, 4)), "n": node, "out": nir.Output(np.array([3]))}
    return nir.NIRGraph(nodes, [("in", "w"), ("w", "n"), ("n", "out")], type_check=False)


def test_rest_and_reset_shift_the_potential() -> None:
    """v = v + leak (v_leak + r I - v), set to v_reset after a spike: stepped by hand."""
    ones = np.ones(3)
    node = nir.LIF(tau=4e-4 * ones, r=4 * ones, v_leak=0.25 * ones, v_threshold=0.5 * ones, v_reset=-0.5 * ones)
    network = from_nir(chain(node), reading=Reading(Direct(12), replace(SNNTORCH, start="rest")))
    x = np.array([[0.125, 0.25, 0.5, 1.0], [0.0, 0.375, 0.0625, 0.5]], dtype=np.float32)
    v, spikes = np.full((2, 3), 0.25), []
    for _ in range(12):
        v = v + 0.25 * (0.25 + 4 * x[:, :3] - v)
        fired = v > 0.5
        spikes.append(fired)
        v = np.where(fired, -0.5, v)
    found = simulate(network, x, record=("rasters",)).rasters["n"]
    assert np.sum(spikes) > 8
    np.testing.assert_array_equal(found, np.array(spikes))


def test_whether_ties_fire_is_part_of_the_convention() -> None:
    node, x = nir.IF(r=np.ones(3), v_threshold=np.ones(3)), np.full((1, 4), 0.5, np.float32)
    counts = [
        simulate(from_nir(chain(node), reading=Reading(Direct(4), Convention(fires=f))), x).logits.sum()
        for f in ("above", "at")
    ]
    assert counts == [3.0, 6.0]
    with pytest.raises(InvalidInput, match="fires to be one of above, at"):
        Convention(fires="never")  # type: ignore[arg-type]
    hard = nir.IF(r=np.ones(3), v_threshold=np.ones(3), v_reset=-np.ones(3))
    with pytest.raises(InvalidNetwork, match="v_reset = 0 in node 'n' for a reset by subtraction"):
        from_nir(chain(hard), reading=Reading(Direct(4), reset="subtract"))


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
    wanted = run(net, vectors(), 16, lambda module: hasattr(module, "reset_mem"))
    found = counts(network, vectors())
    for population, count in zip(network.order[1:], wanted, strict=True):
        assert count.sum() > 10
        np.testing.assert_array_equal(found[population.name], count)


def test_snntorch_reads_our_file_as_we_mean_it() -> None:
    from snntorch.import_nir import import_from_nir

    random = np.random.default_rng(3)
    network = replace(plain(), projections=tuple(
        replace(q, synapse=Linear(dense((random.integers(-7, 8, q.synapse.weights.shape) / 8).astype(np.float32))))  # type: ignore[union-attr]
        for q in plain().projections
    ))  # fmt: skip
    graph = nir.NIRGraph(to_nir(network).nodes, to_nir(network).edges)
    module, state, totals = import_from_nir(graph), None, 0
    for _ in range(network.steps):
        answer = module(torch.from_numpy(vectors()), state)
        value, state = answer if isinstance(answer, tuple) else (answer, None)
        totals = totals + value.detach().numpy()
    np.testing.assert_array_equal(totals, counts(network, vectors())["out"])


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
            fired, v = iaf_feed_forward_step(first(torch.from_numpy(vectors())), v, iaf.p)
            answer, w = lif_box_feed_forward_step(last(fired), w, box.p)
            wanted = [wanted[0] + fired.numpy(), wanted[1] + answer.numpy()]
    found = counts(network, vectors())
    for population, count in zip(network.order[1:], wanted, strict=True):
        assert np.sum(count) > 10
        np.testing.assert_array_equal(found[population.name], count)
