"""The wiring of a graph: what reads what, and what a value is made of."""

import torch

from spikewright.conversion.reading.obstacles.wiring import Wiring
from tests.conversion.reading.obstacles.graphs import view_of

WIRING = Wiring(view_of(lambda x: x * torch.sigmoid(x + 1.0) * torch.ones(6)))


def test_products_are_of_values_that_differ_from_image_to_image() -> None:
    products = [name for name in WIRING.nodes if WIRING.is_product(name)]
    assert len(products) == 1 and WIRING.signals(products[0]) == ("relu", "sigmoid")
    assert WIRING.size("relu") == 4 * 36 and WIRING.operation("relu") == "relu"


def test_the_way_back_ends_where_it_is_told() -> None:
    inside, ends = WIRING.behind("sigmoid", lambda name: WIRING.operation(name) in ("sigmoid", "add"))
    assert {WIRING.operation(name) for name in inside} == {"sigmoid", "add"} and ends == {"relu"}
    everything, start = WIRING.behind("sigmoid", lambda name: True)
    assert start == {WIRING.view.input} and "first" in everything


def test_closed_are_steps_that_nobody_outside_reads() -> None:
    product = next(name for name in WIRING.nodes if WIRING.is_product(name))
    closed = WIRING.closed(product, WIRING.nodes)
    assert closed[-1] == product and "relu" in closed and WIRING.view.output not in closed
    assert WIRING.closed("sigmoid", {"relu", "add"}) == ("add", "sigmoid")


def test_moves_and_reductions() -> None:
    wiring = Wiring(view_of(lambda x: x.flatten(2).mean(2).unsqueeze(-1).unsqueeze(-1) + x))
    assert [name for name in wiring.nodes if wiring.moves(name)] == ["flatten", "unsqueeze", "unsqueeze_1"]
    assert [name for name in wiring.nodes if wiring.reduces(name)] == ["mean"]
    assert [node.name for node in wiring.of(wiring.nodes, ("mean", "flatten"))] == ["flatten", "mean"]
