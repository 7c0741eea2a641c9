"""Max-pooling of spikes as neurons: the windows of torch's layer, weights of one, and what has no counterpart."""

import numpy as np
import pytest
import torch
from torch import nn

from spikewright import InvalidNetwork
from spikewright.snn import IF, Direct, Network, Population, Projection, Source, simulate
from spikewright.snn.interop.modules.maxima import SpikeMaximum, maximum_of, maximum_of_layer


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (nn.MaxPool2d(2), (3, 6, 6)),
        (nn.MaxPool2d(3, 2, 1), (3, 7, 7)),
        (nn.MaxPool1d(3, 2, 1), (3, 9)),
    ],
)
def test_neurons_fire_exactly_where_one_of_their_window_does(
    layer: nn.MaxPool1d | nn.MaxPool2d, shape: tuple[int, ...]
) -> None:
    pool = maximum_of_layer("pool", layer)
    made = pool.windows.output_shape(shape)
    parts = (Population("in", shape, Source()), Population("max", made, IF(1.0, "zero")))
    ways = (Projection("in", "max", pool.synapse(shape)),)
    images = (np.random.default_rng(0).random((4, *shape)) < 0.2).astype(np.float32)
    network = Network(parts, ways, "in", "max", Direct(3), readout="count")
    found = simulate(network, images, record=("rasters",)).rasters["max"]
    wanted = layer(torch.from_numpy(images)).numpy()
    assert 0 < wanted.mean() < 1 and all(np.array_equal(step, wanted) for step in found)


def test_windows_of_a_sequence_have_one_row() -> None:
    assert maximum_of(1, 3, None, 1) == SpikeMaximum((1, 3), (1, 3), (0, 1)) == maximum_of(1, [3], [3], [1])
    assert maximum_of(2, (2, 3), None, 0) == SpikeMaximum((2, 3), (2, 3), (0, 0))


@pytest.mark.parametrize("settings", [{"ceil_mode": True}, {"dilation": 2}, {"return_indices": True}])
def test_other_settings_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(InvalidNetwork, match="'pool': expected max-pooling without"):
        maximum_of_layer("pool", nn.MaxPool2d(2, **settings))  # type: ignore[arg-type]
