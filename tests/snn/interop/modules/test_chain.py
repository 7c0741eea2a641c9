"""A part of a concatenation sees its part of the next weights; constants have the shape of the maps."""

import numpy as np
import pytest
import torch

from spikewright import InvalidNetwork
from spikewright.snn import Conv2d, Linear
from spikewright.snn.interop.modules.chain import ChannelPart, ModuleChain, pair


def parted(total: int = 5) -> ModuleChain:
    chain = ModuleChain("a", (2, 3, 3))
    chain.part = ChannelPart(1, 3, total)
    return chain


def test_weights_behind_a_concatenation() -> None:
    weights = np.arange(4 * 5 * 9.0).reshape(4, 5, 3, 3)
    chain = parted()
    assert chain.slice == (1, 3) and chain.whole((2, 3, 3)) == (5, 3, 3)
    chain.weigh(Conv2d, weights, ((1, 1), (1, 1), (1, 1), 1))
    assert np.array_equal(chain.values, weights[:, 1:3]) and chain.slice is None and chain.shape == (4, 3, 3)
    flat = parted()
    flat.weigh(Linear, np.arange(45.0)[None], ())
    assert np.array_equal(flat.values, np.arange(9.0, 27.0)[None])


def test_what_has_no_part_is_refused() -> None:
    with pytest.raises(InvalidNetwork, match="of one group"):
        parted(4).weigh(Conv2d, np.ones((4, 2, 1, 1)), ((1, 1), (0, 0), (1, 1), 2))
    chain = parted()
    chain.add("bias", torch.ones(2))
    with pytest.raises(InvalidNetwork, match="neurons between a bias"):
        chain.weigh(Linear, np.ones((1, 45)), ())


def test_constants_are_maps_at_the_place_of_their_part() -> None:
    chain = parted()
    chain.add("conv", torch.tensor([1.0, 2.0]))
    chain.add("none", None)
    chain.pass_on(lambda x: 10 * x)
    (name, full), *rest = chain.constants((5, 3, 3)).items()
    assert name == "conv/1" and not rest and full[:, 0, 0].tolist() == [0, 10, 20, 0, 0] and full.shape == (5, 3, 3)


def test_pairs() -> None:
    assert pair(2) == (2, 2) and pair([1, 3]) == (1, 3)
