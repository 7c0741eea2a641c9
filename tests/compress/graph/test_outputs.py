"""Outputs by their paths: what is there, what is not, and how several are named."""

from typing import Any

import pytest
import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.compress import choose
from spikewright.compress.graph.outputs import at, check_single, named, outputs_in
from tests.compress.graph.test_choosing import MASK, X, net


@pytest.mark.parametrize(
    ("output", "told"),
    [("nope", "out of '0', '1', got 'nope'"), ("1.0", "out of '0', '1', got '1.0'"), (2, "got 2")],
)
def test_outputs_that_are_not_there_are_named_when_the_model_runs(output: Any, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        choose(net(), output, {"mask": MASK})(X)
    with pytest.raises(InvalidInput, match=r"got one tensor; try without output=0"):
        choose(nn.Flatten(), 0)(X)


def test_what_a_model_returned_is_told() -> None:
    found = {"a": X, "b": [X, (X, None, 3)]}
    assert list(outputs_in(found)) == ["a", "b.0", "b.1.0"]
    assert all(torch.equal(at(found, path), X) for path in ("a", "b.0", "b.1.0", "1.1.0"))
    check_single(X)
    with pytest.raises(
        InvalidInput, match=r"got dict with 'a', 'b'; try output='a', or output=\['a', 'b'\] for several"
    ):
        check_single({"a": X, "b": X})
    with pytest.raises(InvalidInput, match="returns a tensor, got NoneType"):
        check_single(None)


def test_outputs_have_names() -> None:
    assert named(None) == {"": None} and named(1) == {"1": 1} and named(["a", 0]) == {"a": "a", "0": 0}
    assert named({"classes": "out.0"}) == {"classes": "out.0"}
    with pytest.raises(InvalidInput, match="different outputs, at least one"):
        named({})
    with pytest.raises(InvalidInput, match="name or the place of an output, got True"):
        named({"a": True})
