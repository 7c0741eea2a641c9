"""The arguments of a call are found by place, by keyword, and by their defaults."""

from torch import fx

from spikewright.compress.graph.kinds.call import GraphCall, plain, unsupported


def call(*args: object, **given: object) -> GraphCall:
    graph = fx.Graph()
    x = graph.placeholder("x")
    return GraphCall(graph.call_function(max, (x, *args), given), None, ((2,),), (2,))


def test_bound_arguments() -> None:
    defaults = {"dim": None, "keepdim": False}
    assert call(1, True).bind("dim", "keepdim", **defaults) == {"dim": 1, "keepdim": True}
    assert call(keepdim=True, input=3).bind("dim", "keepdim", **defaults) == {"dim": None, "keepdim": True}


def test_the_two_plainest_answers() -> None:
    assert plain("relu")(call()) == ("relu", {}, "")
    assert unsupported("why") == ("unsupported", {}, "why")
