"""What a Compressed says: it is called like a model, and its views are read from how its weights are stored."""

import numpy as np
import pytest
import torch
from torch import nn

from spikewright import InvalidInput, compress
from spikewright.compress import Compressed, prune, quantize
from spikewright.compress.graph.weighted import values_of
from spikewright.weights import Leaf


def test_a_compressed_is_called_like_a_model() -> None:
    small = prune(nn.Sequential(nn.Linear(4, 2)), 0.5)
    x = torch.randn(3, 4)
    assert small.eval() is small and torch.equal(small(x), small.model(x))


def test_the_views_are_read_from_the_weights() -> None:
    small = quantize(
        prune(nn.Sequential(nn.ConvTranspose2d(2, 6, 3, groups=2), nn.Flatten(), nn.Linear(54, 3)), 0.5), 4
    )
    assert set(small.masks) == set(small.integers) == set(small.bits) == {"0", "2"} and set(small.bits.values()) == {4}
    for path, (codes, scale) in small.integers.items():
        layer = small.model.get_submodule(path)
        weight = layer.get_parameter("weight")
        assert codes.dtype == np.int8 and codes.shape == weight.shape == small.masks[path].shape
        assert torch.equal(values_of(layer, torch.tensor(codes), torch.tensor(scale)), weight)
        assert torch.equal(small.masks[path], weight != 0)
    assert small.loose == frozenset() and small.footprint.total_bits


def test_layers_that_are_not_given_are_stored_as_the_model_has_them() -> None:
    model = nn.Sequential(nn.Linear(8, 4), nn.ReLU(), nn.Linear(4, 2))
    with torch.no_grad():
        model[0].weight[:, 1:] = 0.0
    small = Compressed(model, {"2": Leaf(model[2].weight.detach().numpy())})
    assert small.loose == {"0"} and not small.masks and not small.integers
    first, second = small.footprint.layers
    assert first.total_bits < first.dense_bits and second.storage == "dense"
    with pytest.raises(InvalidInput, match="layers out of 0, 2, got some for '9'"):
        Compressed(model, {"9": Leaf(np.zeros(3, np.float32))})


def test_old_names_are_found_with_a_warning() -> None:
    with pytest.warns(DeprecationWarning, match="QuantReLU is called QuantizedReLU now"):
        assert compress.QuantReLU is compress.QuantizedReLU  # type: ignore[attr-defined]


def test_it_is_shown_in_a_line_and_as_a_table() -> None:
    small = prune(nn.Sequential(nn.Linear(4, 2)), 0.5)
    assert repr(small).startswith("Compressed(Sequential, 1 layers: prune: 50.0 % of the weights")
    assert "<td" in small._repr_html_() and "kept_percent" in small._repr_html_()
    with torch.no_grad():
        small.model[0].weight += 1  # type: ignore[index,operator]
    assert "<td" not in small._repr_html_() and "expected" in small._repr_html_()
