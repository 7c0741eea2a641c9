"""Counts under NeuroBench's names, beside those of its own code on the same layers and inputs."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from spikewright import InvalidInput
from spikewright.hardware.neurobench import neurobench_counts
from spikewright.snn import Activity, Network, TerminateDelta, simulate
from spikewright.snn.interop.snntorch import from_snntorch
from tests.hardware.cosim.drawn import drawn
from tests.hardware.small_networks import perceptron, pruned

snntorch = pytest.importorskip("snntorch")
STEPS = 6


def theirs(layers: list[nn.Module], run: Any, samples: int) -> dict[str, float]:
    """What NeuroBench counts while `run()` calls the layers."""
    workload = pytest.importorskip("neurobench.metrics.workload")
    hooks = pytest.importorskip("neurobench.hooks.layer")

    model = SimpleNamespace(connection_hooks=[hooks.LayerHook(layer) for layer in layers])
    with torch.no_grad():
        run()
    counted: dict[str, float] = workload.SynapticOperations()(model, None, (torch.zeros(samples), None))
    return counted


def equal(network: Network, activity: Activity, counted: dict[str, float]) -> None:
    found = neurobench_counts(network, activity)
    assert {name: found[name] for name in counted} == pytest.approx(counted, rel=1e-6)
    assert found["Dense"] > 0 and 0 < found["ActivationSparsity"] < 1


class Leaky(nn.Module):
    """A convolution of numbers, a pool of the largest or the mean, and a linear layer."""

    def __init__(self, pool: Any) -> None:
        super().__init__()
        self.conv, self.lif1 = nn.Conv2d(1, 8, 3, padding=1), snntorch.Leaky(beta=0.75)
        self.fc, self.lif2 = nn.Linear(128, 10), snntorch.Leaky(beta=0.75)
        self.pool = pool

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        mem1, mem2 = self.lif1.reset_mem(), self.lif2.reset_mem()
        spikes = []
        for _ in range(STEPS):
            spk1, mem1 = self.lif1(self.conv(x), mem1)
            spk2, mem2 = self.lif2(self.fc(self.pool(spk1, 2).flatten(1)), mem2)
            spikes.append(spk2)
        return torch.stack(spikes), mem2


@pytest.mark.parametrize("pool", [F.max_pool2d, F.avg_pool2d])
def test_convolutions_of_numbers_and_pools(pool: Any) -> None:
    torch.manual_seed(0)
    module = Leaky(pool).eval()
    module.fc.weight.data[:, ::3] = 0
    images = np.random.default_rng(0).random((5, 1, 8, 8)).astype(np.float32)
    network = from_snntorch(module, (1, 8, 8), STEPS)
    activity = simulate(network, images, record=("rasters",))
    counted = theirs([module.conv, module.fc], lambda: module(torch.from_numpy(images)), 5)
    assert counted["Effective_MACs"] > 0
    equal(network, activity, counted)


def test_a_pruned_perceptron_of_spikes() -> None:
    network = pruned(perceptron((30, 20, 4), steps=STEPS), 3)
    images = np.random.default_rng(1).random((4, 30)).astype(np.float32)
    activity = simulate(network, images, record=("rasters",))
    layers = [nn.Linear(30, 20, bias=False), nn.Linear(20, 4, bias=False)]
    for layer, projection in zip(layers, network.projections, strict=True):
        layer.weight.data = torch.from_numpy(projection.synapse.weights.values().astype(np.float32))

    def run() -> None:
        for layer, projection in zip(layers, network.projections, strict=True):
            for row in activity.rasters[projection.source]:
                layer(torch.from_numpy(row.astype(np.float32)))

    counted = theirs(layers, run, 4)
    assert counted["Effective_MACs"] == 0
    equal(network, activity, counted)


def test_what_cannot_be_counted_is_refused() -> None:
    network = perceptron((6, 5, 3), steps=2)
    images = np.ones((1, 6), np.float32)
    with pytest.raises(InvalidInput, match="expected rasters of 'in'"):
        neurobench_counts(network, simulate(network, images))
    activity = simulate(network, images, record=("rasters",))
    with pytest.raises(InvalidInput, match="expected a Network, got Activity"):
        neurobench_counts(activity, network)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="expected an Activity, got Network; try simulate"):
        neurobench_counts(network, network)  # type: ignore[arg-type]
    early = replace(network, decision=TerminateDelta(3))
    with pytest.raises(InvalidInput, match="expected no early decision"):
        neurobench_counts(early, simulate(early, images, record=("rasters",)))


@pytest.mark.parametrize("seed", range(3))
def test_no_more_is_done_than_there_is(seed: int) -> None:
    network = drawn(seed)
    shape = network.by_name[network.input].shape
    images = np.random.default_rng(seed).random((2, *shape)).astype(np.float32)
    found = neurobench_counts(network, simulate(network, images, record=("rasters",)))
    assert 0 <= found["Effective_MACs"] + found["Effective_ACs"] <= found["Dense"]
