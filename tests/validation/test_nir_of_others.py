"""NIR files and graphs that SpikingJelly and sinabs wrote mean what they meant there; nodes alone say layers."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from spikewright import InvalidInput, InvalidNetwork
from spikewright.snn import Direct, simulate
from spikewright.snn.interop.nir import (
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
from tests.validation.imported import compare, in_the_same_order, spikes_of
from tests.validation.test_import_snntorch import dyadic, images

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
    neurons = {p.name: getattr(p.neuron, "reset", None) for p in NETWORKS[name].populations}
    hard = [
        p if neurons[p.name] is None else replace(p, neuron=replace(p.neuron, reset="zero"))
        for p in NETWORKS[name].populations
    ]  # type: ignore[type-var]
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
