"""A network in torch, population by population, beside its model."""

import numpy as np
import pytest
import torch
from torch import nn

from spikewright.conversion import Rate, convert
from spikewright.conversion.calibration.layer_run import LayerRun
from spikewright.snn import Integrator, MaxGate, simulate
from tests.conversion.architectures import CASES, build, images, seq

RECIPES = {
    "synchronous": Rate(4, calibration=None),
    "layerwise": Rate(4, schedule="layerwise", calibration=None),
    "to zero": Rate(4, reset="zero", calibration=None),
    "per layer": Rate(4, per_channel=False, calibration=None),
    "signed": Rate(4, neuron="signed", calibration=None),
    "burst": Rate(4, neuron="burst", limit=3, calibration=None),
}


@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.parametrize("case", ["lenet", "residual"])
def test_the_flow_is_the_network_beside_its_model(name: str, case: str) -> None:
    """Rates are the engine's spikes, ideal rates the model's activations; few spikes sit on a rounding."""
    model, x = build(CASES[case]), images(CASES[case], 32)
    network = convert(model, x, RECIPES[name])
    truth = simulate(network, x.numpy(), engine="reference", record=("rasters",))
    flow = LayerRun(network, x, {})
    with torch.no_grad():
        for population in network.order[1:]:
            rates, ideal = flow.run(population)
            if not isinstance(population.neuron, Integrator):
                counts = truth.rasters[population.name].sum(0)
                assert (np.abs(rates.numpy() * network.steps - counts) < 1e-3).mean() > 0.99
        np.testing.assert_allclose(ideal.flatten(1), model(x), rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(rates.flatten(1) * network.steps, truth.logits, atol=0.05 * np.abs(truth.logits).max())


def test_gates_pass_through_the_flow() -> None:
    model = seq(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(27, 3)).eval()
    x = torch.rand(32, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    for schedule in ("synchronous", "layerwise"):
        network = convert(model, x, Rate(6, schedule=schedule, calibration=None))
        assert any(isinstance(p.neuron, MaxGate) for p in network.populations)
        flow = LayerRun(network, x, {})
        with torch.no_grad():
            for population in network.order[1:]:
                rates, ideal = flow.run(population)
            np.testing.assert_allclose(ideal, model(x), rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(rates * 6, simulate(network, x.numpy()).logits, atol=1e-3)
