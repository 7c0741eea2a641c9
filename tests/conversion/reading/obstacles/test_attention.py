"""Attention is one obstacle, however it is written."""

import torch
from torch import Tensor
from torch.nn import functional as F

from spikewright.conversion.reading.obstacles.attention import whole_attention
from spikewright.conversion.reading.obstacles.wiring import Wiring
from tests.conversion.reading.obstacles import graphs


def _ends(forward: object) -> list[tuple[str, tuple[str, ...]]]:
    wiring = Wiring(graphs.view_of(forward))
    found = [whole_attention(wiring, node.name) for node in wiring.view]
    return [(span.node, span.nodes) for span in found if span is not None]


def test_softmax_of_a_product_times_a_value() -> None:
    ((end, nodes),) = _ends(graphs.attention)
    assert end == "matmul_1" and {"matmul", "mul", "softmax"} <= set(nodes) and "relu" not in nodes
    assert nodes[-2:] == ("transpose_2", "reshape")


def test_as_one_function() -> None:
    def whole(x: Tensor) -> Tensor:
        return F.scaled_dot_product_attention(x, x, x)

    assert _ends(whole) == [("scaled_dot_product_attention", ("scaled_dot_product_attention",))]


def test_a_product_without_softmax_and_a_softmax_without_products_are_none() -> None:
    assert _ends(lambda x: x @ x.transpose(2, 3) @ x) == []
    assert _ends(lambda x: x * torch.softmax(x.mean((2, 3), keepdim=True), 1)) == []
