"""Obstacles as a table, and the error that names the first of them."""

import pytest
import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.compress import QuantizedReLU
from spikewright.conversion import Quantized, Rate, obstacles
from spikewright.experiments.cli.obstacles import SHOWN, obstacle_table, print_check, refused

X = torch.rand(8, 4, generator=torch.Generator().manual_seed(0))
SMOOTH = nn.Sequential(nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 4), nn.GELU()).eval()
ENLARGED = nn.Sequential(
    *(nn.Conv2d(1, 2, 1), QuantizedReLU(4, 1.0), nn.Upsample(scale_factor=2, mode="bilinear"), QuantizedReLU(4, 1.0)),
    nn.Conv2d(2, 2, 1),
).eval()


def test_obstacles_are_a_table() -> None:
    table = obstacle_table(obstacles(SMOOTH, X, Rate(4)))
    assert table.columns == ("layer", "kind", "refused by", "reason", "try") and table["kind"] == ["tanh", "GELU"]
    assert all(row["reason"] and row["try"] for row in table)


def test_the_error_names_a_few_and_counts_the_rest(capsys: pytest.CaptureFixture[str]) -> None:
    many = obstacles(nn.Sequential(*[nn.SiLU() for _ in range(SHOWN + 2)]).eval(), X)
    assert "got 5 without" in str(refused(many, False)) and "and 2 more" in str(refused(many, False))
    assert "spikewright adapt" in str(refused(many, True)) and "SiLU" in capsys.readouterr().out


def test_a_check_says_what_converts_and_what_hardware_refuses(capsys: pytest.CaptureFixture[str]) -> None:
    print_check(nn.Sequential(nn.Linear(4, 3), nn.ReLU()).eval(), X, Rate(4), None)
    assert "no step of it stands in the way of hardware" in capsys.readouterr().out
    print_check(ENLARGED, X.reshape(8, 1, 2, 2), Quantized(), None)
    shown = capsys.readouterr().out
    assert "Rate, or a Conv2d" in shown and "hardware refuses 1 of its steps" in shown
    with pytest.raises(InvalidInput, match="got 2 without"):
        print_check(SMOOTH, X, Rate(4), None)
