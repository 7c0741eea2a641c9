"""Models that torch.fx cannot follow are refused with the reason."""

import pytest
import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.compress import trace
from tests.compress.graph.test_view import SAMPLE, Functional


class Branches(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x if x.sum() > 0 else -x


class TwoInputs(nn.Module):
    def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return x + y


class TwoOutputs(nn.Module):
    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return x, x


class FixedBatch(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.view(-1, 64)


@pytest.mark.parametrize(
    ("model", "sample", "reason"),
    [
        (Branches(), SAMPLE, "control flow"),
        (TwoInputs(), SAMPLE, "one input"),
        (TwoOutputs(), SAMPLE, "one output"),
        (FixedBatch(), SAMPLE, "dimension 0"),
        (Functional(), torch.zeros(1, 3, 8, 8), "fits the model"),
        (Functional(), torch.zeros(0, 2, 8, 8), "at least one of samples"),
        ("not a model", SAMPLE, "nn.Module"),
    ],
)
def test_what_cannot_be_traced_says_why(model: nn.Module, sample: torch.Tensor, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        trace(model, sample)
