"""Graphs of other tools without a counterpart here: one clear error each, with the name of the node."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from spikewright import InvalidInput, InvalidNetwork
from spikewright.snn import Direct
from spikewright.snn.interop.nir import Reading, from_nir

nir = pytest.importorskip("nir")
ONES, EYE = np.ones(3), np.eye(3)
READING = Reading(Direct(4))


def graph(middle: dict[str, Any], edges: list[tuple[str, str]] | None = None, **more: Any) -> Any:
    """Input, `middle`, an IF and an output in a row, or with other `edges`."""
    nodes = {"in": nir.Input(np.array([3])), **middle, "if": nir.IF(r=ONES, v_threshold=ONES), **more}
    nodes["out"] = nir.Output(np.array([3]))
    names = list(nodes)
    return nir.NIRGraph(nodes, edges or list(pairwise(names)), type_check=False)


def lif(**changes: Any) -> Any:
    values = {"tau": ONES * 1e-3, "r": ONES, "v_leak": 0 * ONES, "v_threshold": ONES, **changes}
    return nir.LIF(**values)


REFUSED = {
    "CubaLIF": (graph({"w": nir.Linear(EYE), "n": nir.CubaLIF(*(ONES,) * 5)}), "'n': a CubaLIF has no counterpart"),
    "Threshold": (graph({"n": nir.Threshold(ONES)}), "'n': a Threshold"),
    "LI": (graph({"n": nir.LI(ONES, ONES, ONES)}), "'n': a LI"),
    "a graph inside": (graph({"n": graph({"w": nir.Linear(EYE)})}), "'n': a NIRGraph"),
    "two weights": (graph({"w": nir.Linear(EYE), "u": nir.Linear(EYE)}), "'u'.*neuron between"),
    "NaN in weights": (graph({"w": nir.Linear(EYE * np.nan)}), "weight of node 'w', got NaN"),
    "infinite threshold": (graph({"w": nir.Linear(EYE), "n": nir.IF(ONES, ONES * np.inf)}), "v_threshold of node 'n'"),
    "weights of another size": (graph({"w": nir.Linear(np.ones((3, 5)))}), "'w'.*expected 5 inputs"),
    "words as weights": (graph({"w": nir.Linear(np.array([["a", "b"]]))}), "expected numbers as weight of node 'w'"),
    "a bias of another size": (graph({"w": nir.Affine(EYE, np.ones(2))}), "'w'.*expected a bias"),
    "thresholds of another size": (
        graph({"n": nir.IF(np.ones(2), np.ones(2)), "w": nir.Linear(EYE)}),
        "'n' with the shape",
    ),
    "v_reset": (
        graph({"w": nir.Linear(EYE), "n": nir.IF(ONES, ONES, ONES)}),
        "'n': expected a reset below the threshold, got threshold 1 and 1",
    ),
    "several tau": (graph({"w": nir.Linear(EYE), "n": lif(tau=np.array([1.0, 2.0, 3.0]))}), "one time constant.*'n'"),
    "a leak beyond one": (graph({"w": nir.Linear(EYE), "n": lif(tau=ONES * 1e-9)}), "leak in .0, 1. in node 'n'"),
    "a fraction of a delay": (graph({"d": nir.Delay(ONES * 1.5e-4)}), "'d'.*whole steps"),
    "a loop": (
        graph(
            {"w": nir.Linear(EYE)},
            [("in", "w"), ("w", "if"), ("if", "u"), ("u", "if"), ("if", "out")],
            u=nir.Linear(EYE),
        ),
        "'if' feeds itself in the same step",
    ),
    "a cycle of two": (
        graph({"n": nir.IF(ONES, ONES)}, [("in", "n"), ("n", "if"), ("if", "n"), ("if", "out")]),
        "form a cycle",
    ),
    "a cycle without neurons": (
        graph(
            {"s": nir.Scale(ONES), "t": nir.Scale(ONES)},
            [("s", "t"), ("t", "s"), ("t", "if"), ("in", "if"), ("if", "out")],
        ),
        "got a cycle",
    ),
    "nothing into a neuron": (
        graph({"n": nir.IF(ONES, ONES)}, [("in", "if"), ("if", "out"), ("n", "if")]),
        "feed node 'n'",
    ),
    "an edge to nowhere": (graph({}, [("in", "if"), ("if", "out"), ("if", "gone")]), "edges between nodes"),
    "an edge twice": (graph({}, [("in", "if"), ("in", "if"), ("if", "out")]), "each edge once"),
    "two inputs": (graph({"more": nir.Input(np.array([3]))}), "one Input node, got 2"),
    "weights at the end": (graph({}, None, w=nir.Linear(EYE)), "end with a neuron"),
    "an enormous input": (graph({"more": nir.Scale(ONES)}), ""),
}
REFUSED["an enormous input"][0].nodes["in"].input_type["input"] = np.array([2**20, 2**20, 4])
REFUSED["an enormous input"] = (REFUSED["an enormous input"][0], "the shape of one input at node 'in'")


@pytest.mark.parametrize("name", REFUSED)
def test_graphs_without_a_counterpart(name: str) -> None:
    bad, message = REFUSED[name]
    with pytest.raises(InvalidNetwork, match=message):
        from_nir(bad, reading=READING)


def test_a_graph_of_another_tool_needs_a_reading() -> None:
    with pytest.raises(InvalidNetwork, match="try reading="):
        from_nir(graph({"w": nir.Linear(EYE)}))
    with pytest.raises(InvalidInput, match="got int"):
        from_nir(3)
