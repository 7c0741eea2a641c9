"""What is computed of parameters alone becomes a parameter, once."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from spikewright.compress import trace
from spikewright.compress.graph.tracing import traced
from tests.compress.graph.test_functional import Written, X


def test_a_computed_kernel_is_computed_once_and_can_be_trained() -> None:
    model = Written(lambda kernel: kernel - kernel.mean() * kernel.shape[0]).eval()
    graph = traced(model)
    assert [node.kind for node in trace(model, X)] == ["input", "conv2d", "relu", "flatten", "linear"]
    assert torch.allclose(graph(X), model(X), atol=1e-6)
    assert graph.conv2d.weight.requires_grad  # type: ignore[union-attr]
    assert set(dict(graph.named_parameters())) == {"conv2d.weight", "linear.weight"}


def test_a_kernel_that_changes_from_call_to_call_stays_unknown() -> None:
    model = Written(lambda kernel: F.dropout(kernel, 0.5, training=True)).eval()
    kinds = {node.name: node.kind for node in trace(model, X)}
    assert kinds["conv2d"] == "unsupported"


class Placed(nn.Module):
    """Places of a map as sines, which layers make channels of: nothing of it depends on the image."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.mix, self.fc = nn.Conv2d(1, 2, 3), nn.Conv2d(4, 2, 1), nn.Linear(72, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.conv(x))
        rows = torch.arange(6, dtype=self.mix.weight.dtype, device=self.mix.weight.device)
        places = torch.stack([torch.sin(rows), torch.cos(rows)]).unsqueeze(2).repeat(1, 1, 6)
        around = self.mix(torch.cat([places, places * 0.5]).unsqueeze(0))
        return self.fc((x + around.repeat(x.shape[0], 1, 1, 1)).flatten(1))


def test_layers_of_constants_are_computed_once_wherever_their_numbers_lie() -> None:
    model = Placed().eval()
    view = trace(model, torch.rand(2, 1, 8, 8))
    assert [node.kind for node in view] == [
        "input",
        "conv2d",
        "relu",
        "unsupported",
        "filled",
        "add",
        "flatten",
        "linear",
    ]
    x = torch.rand(3, 1, 8, 8, dtype=torch.float64)
    assert torch.allclose(view.graph_module.double()(x), model.double()(x), atol=1e-5)


def test_a_layer_in_training_mode_is_no_constant() -> None:
    graph = traced(Placed().train())
    assert any(node.target == "mix" for node in graph.graph.nodes)
