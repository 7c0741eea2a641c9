"""A layer in words builds the layer again; words that are none are told, whatever they ask for."""

import json

import pytest
import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.compress import QuantizedFrom, QuantizedHalves, QuantizedReLU
from spikewright.compress.graph.standing import built, written

LAYERS = (
    nn.Identity(),
    nn.ReLU(),
    nn.ReLU6(),
    nn.Hardtanh(0.0, 2.5),
    nn.LeakyReLU(0.25),
    nn.AvgPool1d(3, 2, 1),
    nn.AvgPool2d((2, 3), stride=2, padding=(0, 1), ceil_mode=True),
    nn.AvgPool2d(2, count_include_pad=False),
    nn.BatchNorm1d(3, eps=1e-3),
    nn.BatchNorm2d(4),
    QuantizedHalves(3, 4, learned=True),
    QuantizedHalves(7),
    QuantizedFrom(5, 0.0, downwards=True),
    nn.Conv1d(4, 4, 1, groups=4, bias=False),
    nn.Conv2d(4, 4, 1, groups=4, bias=False),
)


def norm(features: object) -> str:
    return json.dumps({"kind": "BatchNorm2d", "from": "x", "num_features": features, "eps": 0.1})


def conv(channels: int, kernel: list[int], groups: int) -> str:
    sizes = {"in_channels": channels, "out_channels": channels, "kernel_size": kernel, "groups": groups}
    return json.dumps({"kind": "Conv2d", "from": "x", **sizes})


@pytest.mark.parametrize("layer", LAYERS, ids=repr)
def test_words_build_the_layer_again(layer: nn.Module) -> None:
    again, source = built(written(layer, "conv"))
    assert source == "conv" and repr(again) == repr(layer)
    again.load_state_dict(layer.state_dict())


def test_a_staircase_keeps_its_levels() -> None:
    again, _ = built(written(QuantizedReLU(7, 2.5), "x"))
    assert isinstance(again, QuantizedReLU) and again.levels == 7


@pytest.mark.parametrize(
    "layer",
    [
        nn.SiLU(),
        nn.Conv2d(4, 4, 1),
        nn.Conv2d(4, 4, 3, padding=1, bias=False),
        nn.BatchNorm2d(4, affine=False),
        nn.AvgPool2d(2, divisor_override=3),
    ],
    ids=repr,
)
def test_a_layer_that_words_do_not_tell_is_refused(layer: nn.Module) -> None:
    with pytest.raises(InvalidInput, match="expected a substitute out of"):
        written(layer, "x")


@pytest.mark.parametrize(
    "told",
    [
        "",
        "[]",
        "{}",
        json.dumps({"kind": "SiLU", "from": "x"}),
        json.dumps({"kind": "ReLU"}),
        json.dumps({"kind": "ReLU", "from": "x", "inplace": True}),
        norm(10**12),
        norm(-1),
        norm("4"),
        conv(10**6, [9, 9], 1),
        conv(4, [1, 1], 0),
        json.dumps({"kind": "QuantReLU", "from": "x", "levels": 0}),
        json.dumps({"kind": "LeakyReLU", "from": "x", "negative_slope": float("nan")}),
    ],
)  # fmt: skip
def test_other_words_are_told(told: str) -> None:
    with pytest.raises(InvalidInput, match="expected"):
        built(told)


def test_numbers_are_not_drawn_from_the_users_stream() -> None:
    text = written(nn.Conv2d(4, 4, 1, groups=4, bias=False), "x")
    before = torch.get_rng_state()
    built(text)
    assert torch.equal(before, torch.get_rng_state())
