"""What is a size, and which it is for two batches that are run and a third in proportion."""

import operator
from typing import Any

import torch
from torch import fx, nn

from spikewright.compress.graph.sizes import BatchSizes, differ

THIRD, SAMPLE = 1_000_003, torch.zeros(1, 4, 6)


def grown(sample: torch.Tensor | None = SAMPLE) -> tuple[BatchSizes, fx.Graph, fx.Node]:
    graph = fx.Graph()
    placed = graph.placeholder("x")
    return BatchSizes(nn.Linear(6, 2), sample), graph, placed


def call(graph: fx.Graph, target: Any, *args: Any) -> fx.Node:
    return graph.call_function(target, args) if callable(target) else graph.call_method(target, args)


def test_sizes_follow_the_batch_or_do_not() -> None:
    sizes, graph, x = grown()
    batch, width = call(graph, "size", x, 0), call(graph, "size", graph.call_module("", (x,)), 2)
    assert sizes.add(batch) == (2, 3, THIRD) and sizes.add(width) == (2, 2, 2)
    assert batch in sizes and width in sizes and x not in sizes
    half, times = call(graph, operator.floordiv, batch, 2), call(graph, operator.mul, batch, width)
    assert sizes.add(half) == (1, 1, THIRD // 2) and sizes.add(times) == (4, 6, 2 * THIRD)
    shape = call(graph, getattr, x, "shape")
    assert sizes.add(shape) == (torch.Size((2, 4, 6)), torch.Size((3, 4, 6)), (THIRD, 4, 6))
    assert differ((2, 3)) and not differ((2, 2))


def test_types_and_devices_are_known_too() -> None:
    sizes, graph, x = grown()
    assert sizes.add(call(graph, getattr, x, "dtype")) == (torch.float32,) * 3
    assert sizes.add(call(graph, getattr, graph.get_attr("weight"), "ndim")) == (2, 2, 2)
    assert sizes.add(call(graph, getattr, x, "is_cuda")) == (False, False, False)


def test_what_is_computed_of_data_is_no_size() -> None:
    sizes, graph, x = grown()
    batch = call(graph, "size", x, 0)
    sizes.add(batch)
    for node in (call(graph, "sum", x), call(graph, operator.add, x, batch), call(graph, torch.zeros, batch)):
        assert sizes.add(node) is None and node not in sizes
    zero = call(graph, operator.sub, batch, batch)
    assert sizes.add(zero) == (0, 0, 0)
    assert sizes.add(call(graph, operator.floordiv, batch, zero)) is None
    assert sizes.add(call(graph, "size", graph.call_module("", (call(graph, "flatten", x),)), 0)) is None


def test_only_comparisons_of_the_batch_with_a_number_judge_it() -> None:
    sizes, graph, x = grown()
    batch, height = call(graph, "size", x, 0), call(graph, "size", x, 1)
    for node in (batch, height):
        sizes.add(node)
    assert sizes.judges_the_batch(call(graph, operator.gt, batch, 2))
    assert not sizes.judges_the_batch(call(graph, operator.gt, height, 2))
    assert not sizes.judges_the_batch(call(graph, operator.eq, batch, batch))
    assert not sizes.judges_the_batch(call(graph, operator.add, batch, 2))


def test_nothing_is_a_size_without_a_sample_and_nodes_can_be_forgotten() -> None:
    sizes, graph, x = grown(None)
    assert sizes.add(call(graph, "size", x, 0)) is None
    sizes, graph, x = grown()
    batch = call(graph, "size", x, 0)
    sizes.add(batch)
    sizes.forget(batch)
    sizes.forget(x)
    assert batch not in sizes
