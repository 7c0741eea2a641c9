"""What is computed of parameters alone becomes a parameter, once."""

import torch
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
