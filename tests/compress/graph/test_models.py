"""What is taken for a model, and the checks of its numbers."""

import pytest
import torch

from spikewright import InvalidInput
from spikewright.compress import trace
from tests.compress.graph.test_view import SAMPLE, Functional


def test_nan_names_the_parameter() -> None:
    model = Functional()
    with torch.no_grad():
        model.again.weight[0, 0, 0, 0] = float("nan")
    with pytest.raises(InvalidInput, match=r"again\.weight"):
        trace(model, SAMPLE)
