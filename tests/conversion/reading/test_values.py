"""Values of the walk: what all of them say of themselves."""

import numpy as np

from spikewright.conversion.reading.source_term import SourceTerm
from spikewright.conversion.reading.values import Current, Ended, Parts, Signal, View
from spikewright.index_maps import IndexMap

SIGNAL = Signal("a", (2, 3, 3), positive=True)
SUM = Current((SourceTerm("a"),), np.zeros((1, 3, 3)), (1, 3, 3), "sum", flat=True)


def test_a_signal_is_plain_until_something_happens_to_it() -> None:
    assert SIGNAL.plain and SIGNAL.ready and not SIGNAL.bordered and SIGNAL.pieces == (SIGNAL,)
    for changed in (
        Signal("a", (2, 3, 3), pool=(2, 2)),
        Signal("a", (2, 3, 3), gain=np.asarray(2.0)),
        Signal("a", (2, 3, 3), offset=np.zeros((2, 3, 3))),
        Signal("a", (2, 3, 3), border=(1, 0, 0, 0)),
    ):
        assert not changed.plain


def test_a_sum_is_seen_as_a_vector_and_knows_its_node() -> None:
    assert SUM.view == (9,) and not SUM.ready and SUM.node is None
    assert SUM.at("add").node == "add" and SIGNAL.at("add") is SIGNAL


def test_parts_lie_side_by_side() -> None:
    flat = Signal("a", (18,), positive=True)
    parts = Parts((flat, SUM))
    assert parts.view == (27,) and parts.views == ((18,), (9,))
    assert not parts.ready and not parts.positive
    assert Parts((flat, flat)).ready and Parts((flat, flat)).positive


def test_the_flow_behind_a_view_and_an_ending() -> None:
    seen = View(SIGNAL, IndexMap.identity(SIGNAL.shape).reshaped((2, 9)))
    ended = Ended(seen, "softmax", "last")
    assert seen.flow is SIGNAL and seen.view == (2, 9) and seen.ending is None
    assert ended.flow is SIGNAL and ended.view == (2, 9) and ended.ending == "softmax"
    assert SIGNAL.flow is SIGNAL and SIGNAL.ending is None


def test_a_view_in_order_tells_its_sum_which_node_gives_it() -> None:
    same, turned = IndexMap.identity((9,)).reshaped((1, 1, 9)), IndexMap.of((9,), np.arange(9)[::-1].reshape(1, 1, 9))
    assert View(SUM, same).at("fc").flow.node == "fc"
    assert View(SUM.at("conv"), same).at("reshape").flow.node == "conv"
    assert View(SUM, turned).at("flip").flow.node is None and View(SUM, turned).at("flip").node == "flip"
