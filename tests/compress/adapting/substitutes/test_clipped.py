"""Activations in the place of others."""

import torch

from spikewright.compress.adapting.places import Place
from spikewright.compress.adapting.seen import Seen
from spikewright.compress.adapting.substitutes.clipped import Qcfs, Relu, Relu6

PLACE = Place("act", "conv", "activation", "silu", (1, 4, 4))
SEEN = Seen()
SEEN.add(torch.linspace(-4, 8, 192).reshape(12, 1, 4, 4), None, 1000)


def test_relus() -> None:
    x = torch.tensor([-1.0, 2.0, 9.0])
    assert Relu().made(PLACE, SEEN)(x).tolist() == [0, 2, 9] and Relu6().made(PLACE, SEEN)(x).tolist() == [0, 2, 6]


def test_the_range_of_a_staircase_is_that_of_what_enters() -> None:
    staircase = Qcfs(levels=4, percentile=100).made(PLACE, SEEN)
    with torch.no_grad():
        assert staircase(torch.tensor([-3.0, 0.9, 1.1, 8.0, 20.0])).tolist() == [0, 0, 2, 8, 8]
