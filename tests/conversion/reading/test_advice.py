"""What has no rule is refused with a substitute of its own kind."""

import pytest

from spikewright.compress import GraphNode
from spikewright.conversion.reading.advice import refusal


@pytest.mark.parametrize(
    ("detail", "advice"),
    [
        ("GELU", "ReLU, and train again"),
        ("LayerNorm", "BatchNorm2d, which folds"),
        ("Conv3d", "Conv2d"),
        ("LSTM", "convolutions over time"),
        ("something else", "Conv2d, Linear, ReLU"),
    ],
)
def test_a_refusal_names_the_layer_and_what_to_use(detail: str, advice: str) -> None:
    node = GraphNode("x", "unsupported", (), (3,), None, None, {}, detail)
    found = refusal(node)
    assert found.reason == detail and found.substitute.startswith(advice)
