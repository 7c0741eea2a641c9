"""The loss is zero where nothing is to be learned, and otherwise what its formula says."""

import torch
from torch import nn
from torch.nn import functional as F

from spikewright.compress.adapting.distilling import Teacher

MODEL = nn.Linear(3, 4)
X = torch.randn(5, 3, generator=torch.Generator().manual_seed(0))
Y = torch.tensor([0, 1, 2, 3, 0])


def test_the_original_itself_has_nothing_to_learn_from_itself() -> None:
    logits = MODEL(X)
    loss = Teacher(MODEL, 4.0, 0.0).objective()(X, logits, Y)
    assert abs(loss.item()) < 1e-6
    (gradient,) = torch.autograd.grad(loss, logits)
    assert float(gradient.abs().max()) < 1e-6


def test_answers_and_labels_share_the_loss() -> None:
    logits = torch.randn(5, 4, generator=torch.Generator().manual_seed(1))
    said, child = (F.softmax(values / 2, 1) for values in (MODEL(X), logits))
    soft = 4 * (said * (said / child).log()).sum(1).mean()
    for share in (0.0, 0.25, 1.0):
        wanted = (1 - share) * soft + share * F.cross_entropy(logits, Y)
        assert torch.allclose(Teacher(MODEL, 2.0, share).objective()(X, logits, Y), wanted, atol=1e-6)
