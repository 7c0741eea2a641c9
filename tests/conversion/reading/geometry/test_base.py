"""What every geometry answers: its synapse does what it does, and additions are those of the synapse."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from spikewright.conversion.errors import Refusal
from spikewright.conversion.reading.geometry import DENSE, IDENTITY, ConvGeometry, PoolGeometry, window_counts
from spikewright.conversion.reading.source_term import SourceTerm
from spikewright.conversion.storage import SharedWeights, synapse_of
from spikewright.snn import Direct, Integrator, Network, Population, Projection, Source, simulate
from tests.conversion.reading.geometry.geometries import ALL, SHAPE


@pytest.mark.parametrize("name", ALL)
def test_the_synapse_of_a_geometry_does_what_it_does(name: str) -> None:
    """One step of the reference engine, and how many additions it takes when every input sends one."""
    geometry, kernel = ALL[name]
    x = torch.randint(0, 4, (2, *SHAPE)).double()
    weights = torch.tensor(2.0).double() if kernel is None else torch.tensor(kernel.real())
    found = geometry.apply(x, weights)
    shape = tuple(found.shape[1:])
    term = SourceTerm("in", geometry, kernel=kernel, gain_in=np.asarray(2.0 if kernel is None else 1.0))
    link = Projection("in", "out", synapse_of(term, np.ones(()), SHAPE, SharedWeights()).synapse)
    populations = (Population("in", SHAPE, Source()), Population("out", shape, Integrator()))
    network = Network(populations, (link,), "in", "out", Direct(1))
    ran = simulate(network, x.float().numpy(), engine="reference")
    np.testing.assert_array_equal(ran.logits.reshape(found.shape), found.numpy())
    ones = simulate(network, np.ones((1, *SHAPE), np.float32), engine="reference")
    most = geometry.additions(kernel, SHAPE, shape)
    assert ones.synaptic_operations[link.name][0] <= most


@pytest.mark.parametrize("name", ALL)
def test_pointwise_geometries_commute_with_pooling(name: str) -> None:
    geometry, kernel = ALL[name]
    assert geometry.pointwise(kernel) == (name == "identity")
    assert geometry.over_pool((1, 1)) == (geometry, (1, 1))
    assert ConvGeometry().pointwise(ALL["convolution"][1]) is False


def test_sums_over_windows_of_an_identity_are_a_pool() -> None:
    assert IDENTITY.over_pool((2, 3)) == (PoolGeometry((2, 3), (2, 3)), (1, 1))
    assert DENSE.over_pool((2, 2)) == (DENSE, (2, 2))


def test_what_a_geometry_cannot_do_is_refused_with_what_helps() -> None:
    _, kernel = ALL["matrix"]
    with pytest.raises(Refusal, match="try the padding argument of the layer"):
        DENSE.framed(kernel, (1, 0, 0, 0))
    with pytest.raises(Refusal, match="groups=1"):
        DENSE.in_groups(2)


@pytest.mark.parametrize(("size", "span", "step", "pad", "gap"), [(7, 3, 2, 0, 1), (8, 2, 3, 1, 2), (5, 5, 1, 0, 1)])
def test_windows_are_counted_as_torch_counts_them(size: int, span: int, step: int, pad: int, gap: int) -> None:
    found = F.conv1d(torch.zeros(1, 1, size), torch.zeros(1, 1, span), None, step, pad, gap).shape[-1]
    both = window_counts((size, size), (span, span), (step, step), (pad, pad), (gap, gap))
    assert both == (found, found)
