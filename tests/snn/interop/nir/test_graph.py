"""Edges of a graph: what feeds a node, every way between populations, and what is no graph of one network."""

from typing import Any

import numpy as np
import pytest

from spikewright import InvalidNetwork
from spikewright.snn.interop.nir.graph import NirEdges

nir = pytest.importorskip("nir")
ONES = np.ones(3)


def edges(pairs: list[tuple[str, str]], **nodes: Any) -> NirEdges:
    both = {"in": nir.Input(np.array([3])), "out": nir.Output(np.array([3])), "if": nir.IF(ONES, ONES), **nodes}
    return NirEdges(nir.NIRGraph(both, pairs, type_check=False))


def test_every_way_from_a_population_is_found_in_the_order_of_the_signal() -> None:
    found = edges(
        [("in", "a"), ("a", "b"), ("b", "if"), ("a", "if"), ("if", "if"), ("if", "out")],
        a=nir.Scale(ONES),
        b=nir.Scale(ONES),
    )
    assert sorted(found.ways_into("if")) == [("if",), ("in", "a"), ("in", "a", "b")]
    assert (found.input, found.output, sorted(found.stateful()), found.kind("a")) == (
        "in",
        "out",
        ["if", "in"],
        "Scale",
    )


@pytest.mark.parametrize(
    ("pairs", "nodes", "what"),
    [
        ([("in", "if"), ("if", "out"), ("if", "in")], {}, "an input that nothing feeds, got 'if'"),
        ([("in", "if"), ("in", "if")], {}, "each edge once"),
        ([("in", "nowhere")], {}, "edges between nodes"),
        ([], {"more": nir.Output(np.array([3]))}, "one Output node, got 2"),
        ([], {"t": nir.Threshold(ONES)}, "'t': a Threshold has no counterpart here; try Input, IF, LIF, I, Affine"),
    ],
)
def test_what_is_no_graph_of_one_network(pairs: list[tuple[str, str]], nodes: dict[str, Any], what: str) -> None:
    with pytest.raises(InvalidNetwork, match=what):
        edges(pairs, **nodes)


def test_a_way_that_begins_nowhere_is_refused() -> None:
    found = edges([("a", "if"), ("in", "if"), ("if", "out")], a=nir.Scale(ONES))
    with pytest.raises(InvalidNetwork, match="feed node 'a', got nothing"):
        list(found.ways_into("if"))
