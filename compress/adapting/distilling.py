"""Training a child to answer as the original does."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from spikewright.compress.training.loop import Objective


@dataclass(frozen=True, eq=False)
class Teacher:
    """The loss of a batch: T^2 KL(original || child), both softened by T, and cross-entropy with the labels.

    share: the share of the cross-entropy, 0 without labels. (Hinton et al., arXiv 1503.02531.)
    """

    original: nn.Module
    temperature: float
    share: float

    def objective(self) -> Objective:
        """As `Hooks` takes it."""
        return self._loss

    def _loss(self, x: Tensor, logits: Tensor, y: Tensor) -> Tensor:
        with torch.no_grad():
            said = self.original(x.clone())
        soft = _divergence(said, logits, self.temperature)
        return soft if self.share == 0 else (1 - self.share) * soft + self.share * F.cross_entropy(logits, y)


def _divergence(said: Tensor, logits: Tensor, temperature: float) -> Tensor:
    one, other = (F.log_softmax(values / temperature, 1) for values in (logits, said))
    return F.kl_div(one, other, log_target=True, reduction="batchmean") * temperature**2
