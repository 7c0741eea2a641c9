"""What is the same for each image, and is computed of the size of the batch, is numbers of the graph."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from spikewright import InvalidInput
from spikewright.compress import trace
from spikewright.conversion import Ttfs, convert
from spikewright.snn import simulate

X = torch.rand(3, 4, 5, 6, generator=torch.Generator().manual_seed(0))


def encoding(x: Tensor) -> Tensor:
    """Where each pixel is, as waves, as in DETR: counted in a mask that nothing is masked in."""
    batch, channels, rows, columns = x.shape
    there = ~torch.zeros((batch, rows, columns), device=x.device).to(dtype=torch.bool)
    places = there.cumsum(1, dtype=torch.float32)[..., None] / 10.0 ** torch.arange(channels)
    return torch.stack((places.sin(), places.cos()), 4).flatten(3)[..., ::2].permute(0, 3, 1, 2)


class Encoded(nn.Module):
    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.function, self.first = function, nn.Conv2d(4, 4, 3)
        self.shift = nn.Parameter(torch.rand(1, 4, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.function(x) + self.shift.expand(x.shape[0], -1, 5, 6)
        return torch.relu(self.first(x)).flatten(1)


def test_an_encoding_of_places_is_a_constant_of_the_graph_for_each_size_of_batch() -> None:
    torch.manual_seed(0)
    model = Encoded(encoding)
    view = trace(model, X)
    assert {node.kind for node in view if node.inputs} == {"filled", "add", "conv2d", "relu", "flatten"}
    for count in (1, 3):
        torch.testing.assert_close(view.graph_module(X[:count]), model(X[:count]))
    network = convert(model, X, Ttfs(ranges="interval"), judge=False)
    wanted = model(X).detach().numpy()
    np.testing.assert_allclose(simulate(network, X.numpy()).logits * network.logit_scale, wanted, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: (torch.ones(x.shape[0], 4, 1, 1) * x.shape[0]).sin(),
        lambda x: torch.ones(x.shape[0], 4, 1, 1).cumsum(0).sin(),
    ],
)
def test_what_differs_from_batch_to_batch_or_image_to_image_stays_a_step(function: Callable[[Tensor], Tensor]) -> None:
    view = trace(Encoded(function), X)
    assert "sin" in {node.operation for node in view} and "unsupported" in {node.kind for node in view if node.inputs}


def test_what_is_drawn_anew_is_no_constant() -> None:
    with pytest.raises(InvalidInput, match="the graph of the model"):
        trace(Encoded(lambda x: torch.rand_like(torch.zeros(x.shape[0], 4, 1, 1).sin())), X)


def test_zeros_alone_stay_what_they_are() -> None:
    view = trace(Encoded(lambda x: x.new_zeros(x.shape[0], 4, 1, 1)), X)
    assert [node.args["value"] for node in view if node.operation == "newzeros"] == [0.0]


def test_constants_of_more_axes_than_a_map_are_seen_as_what_is_made_of_them() -> None:
    class Deep(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            held = torch.zeros(x.shape[0], 2, 2, 5, 6) + 1.0
            return torch.relu(x + held.flatten(1, 2))

    simulated = simulate(convert(Deep(), X, Ttfs(ranges="interval"), judge=False), X.numpy())
    np.testing.assert_allclose(simulated.logits.reshape(X.shape), (X + 1.0).numpy(), rtol=1e-5)


def test_activations_of_numbers_stay_activations() -> None:
    view = trace(Encoded(lambda x: torch.relu(torch.ones(x.shape[0], 4, 1, 1))), X)
    assert [node.kind for node in view if node.operation == "relu"] == ["relu", "relu"]
