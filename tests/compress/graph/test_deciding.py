"""Decisions on data are told with the line that they stand in."""

import pytest
import torch
from torch import nn

from spikewright.compress import trace
from spikewright.compress.graph.deciding import depends, first_line
from spikewright.compress.graph.tracing import Untraceable


class Deciding(nn.Module):
    """It may ask for the size of the batch, which torch.fx stops at, but not for what is in it."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if x.shape[0] > 1_000:
            x = x + 0.0
        if float(x.mean()) > 0:
            x = torch.relu(x)
        return x


def test_the_line_is_that_of_the_decision() -> None:
    with pytest.raises(Untraceable) as refused:
        trace(Deciding(), torch.rand(2, 3))
    told = str(refused.value)
    assert "in forward() at test_deciding.py:" in told and "(if float(x.mean()) > 0:)" in told


def test_other_errors_say_themselves() -> None:
    assert first_line(ValueError("one\ntwo")) == "one" and first_line(ValueError()) == "ValueError"
    assert "got: one; try" in depends(ValueError("one\ntwo"), ValueError("first"))
