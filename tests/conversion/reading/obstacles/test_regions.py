"""Regions of a graph that are one obstacle: indices, several tensors, values without a batch in front."""

import torch
from torch import Tensor, nn

from spikewright.compress import trace
from spikewright.conversion.reading.obstacles import regions
from spikewright.conversion.reading.obstacles.wiring import Wiring
from tests.conversion.reading.obstacles import graphs


def test_an_index_is_one_with_what_computes_it() -> None:
    def picked(x: Tensor) -> Tensor:
        return x.gather(1, x.argmax(1, keepdim=True).expand(-1, 4, -1, -1))

    wiring = Wiring(graphs.view_of(picked))
    (span,) = [one for node in wiring.view if (one := regions.index(wiring, node.name)) is not None]
    assert span.advice.what == "data-dependent index" and span.nodes == ("argmax", "expand", "gather")


def test_a_recurrent_layer_is_one_with_the_tensors_that_are_picked() -> None:
    class Recurrent(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.lstm = nn.LSTM(3, 2, batch_first=True)

        def forward(self, x: Tensor) -> Tensor:
            return self.lstm(x)[0].flatten(1)

    (span,) = regions.several(Wiring(trace(Recurrent(), torch.rand(2, 4, 3))), {})
    assert span.nodes == ("lstm", "getitem") and span.advice.what == "LSTM"


def test_windows_as_images_are_one_region_but_for_what_is_named_by_itself() -> None:
    def windows(x: Tensor, conv: nn.Module) -> Tensor:
        halves = nn.functional.gelu(conv(x.reshape(-1, 4, 3, 6)))
        return halves.reshape(-1, 4, 6, 6)

    wiring = Wiring(graphs.view_of(windows, nn.Conv2d(4, 4, 1)))
    (span,) = regions.displaced(wiring, {})
    assert span.node == "reshape" and span.nodes == ("reshape", "layers_0", "reshape_1")
