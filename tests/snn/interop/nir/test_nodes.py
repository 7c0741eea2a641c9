"""What lies between two populations of a graph becomes one projection that makes what torch makes of it."""

import numpy as np
import pytest
import torch

from spikewright.snn import Direct, Linear, RateCode, simulate
from spikewright.snn.interop.nir import Reading, from_nir

nir = pytest.importorskip("nir")
pytestmark = pytest.mark.filterwarnings("ignore:nirtorch:DeprecationWarning")


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
    np.testing.assert_array_equal(projection.synapse.weights.values(), weights / 4)  # type: ignore[union-attr]
    np.testing.assert_array_equal(network.by_name["out"].bias, np.arange(3.0))
