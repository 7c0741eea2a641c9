"""A CNN under test, plain or compressed."""

from typing import Any, final

import torch
from torch import Tensor, nn

from spikewright import InvalidInput
from spikewright.answers import Head
from spikewright.compress.compressed import Compressed
from spikewright.compress.graph.choosing import check_one_output
from spikewright.compress.graph.unwrap import own_copy, unwrapped
from spikewright.robustness.predictor import Predictor, decided, in_blocks
from spikewright.snn.running import InputRange


@final
class AnnPredictor(Predictor):
    """An nn.Module or a `Compressed`: a copy in evaluation mode, taken now, outside of wrappers such as DataParallel.

    `input_range`: (low, high) of its images, as in `conversion.convert`. `head`: what its answers are, such as
    `Head("multilabel", ending="sigmoid")`, or `Head(ignored=255)` for classes of places `(batch, classes, H, W)`. Raises
    InvalidInput for anything else, and for values.
    """

    def __init__(
        self,
        model: nn.Module | Compressed,
        name: str = "ANN",
        *,
        input_range: tuple[float, float] = Predictor.bounds,
        head: Head = Predictor.head,
    ) -> None:
        super().__init__(name)
        self.head = decided(head)
        known = InputRange(*input_range)
        self.bounds = (known.low, known.high)
        inner = model.model if isinstance(model, Compressed) else model
        if not isinstance(inner, nn.Module):
            raise InvalidInput(
                f"expected an nn.Module or a Compressed, got {type(model).__name__}; try SnnPredictor for a Network"
            )
        check_one_output(inner, "attacks and tables of robustness")
        self.original = model
        self.model = own_copy(unwrapped(inner)).cpu()
        for parameter in self.model.parameters():  # TorchScript has no requires_grad_ of a whole model
            parameter.requires_grad_(False)
        real = [value.dtype for value in self.model.parameters() if value.is_floating_point()]
        self.precision = real[0] if real else torch.float32

    def logits(self, x: Tensor) -> Tensor:
        """The model's answer, `(batch, classes)` or more axes; it gets a copy of the images, in its own precision."""
        return in_blocks(self._answer, x)

    def _answer(self, x: Tensor) -> Tensor:
        answer: Any = self.model(x.to(self.precision))
        if not isinstance(answer, Tensor) or answer.ndim < 2 or len(answer) != len(x):
            raise InvalidInput(
                f"expected logits (batch, classes) from {self.name!r}, got {_told(answer)}; "
                "try choose(model, output=...) of several outputs"
            )
        return answer


def _told(answer: Any) -> str:
    """The shape of an answer, or what it is."""
    return f"shape {tuple(answer.shape)}" if isinstance(answer, Tensor) else type(answer).__name__
