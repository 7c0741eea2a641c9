"""Spellings of one and the same computation: whatever they look like, they convert, and to the same numbers.

Each of the tables has functions of the same input `h` (samples, C, H, W), or (samples, C, L), by how they are written; their
results are equal. `Spelled` puts one of them between a convolution with a ReLU and a linear layer.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tests.conversion.architectures import Case

Spelling = Callable[[Tensor], Tensor]

AVERAGES: dict[str, Spelling] = {
    "mean((2, 3))": lambda h: h.mean((2, 3)),
    "torch.mean, kept": lambda h: torch.mean(h, dim=[-1, -2], keepdim=True).flatten(1),
    "mean mean": lambda h: h.mean(-1).mean(-1),
    "mean of rows, then of columns": lambda h: h.mean(2).mean(2),
    "kept, then not": lambda h: h.mean(3, keepdim=True).mean(2).squeeze(-1),
    "flatten mean": lambda h: h.flatten(2).mean(-1),
    "view mean": lambda h: h.view(h.size(0), h.size(1), -1).mean(2),
    "reshape, mean kept, squeeze": lambda h: (
        h.reshape(len(h.shape) and h.shape[0], 4, 36).mean(2, keepdim=True).squeeze(2)
    ),
    "squeeze squeeze": lambda h: F.adaptive_avg_pool2d(h, 1).squeeze(-1).squeeze(-1),
    "squeeze both": lambda h: F.adaptive_avg_pool2d(h, (1, 1)).squeeze((2, 3)),
    "index": lambda h: F.adaptive_avg_pool2d(h, 1)[:, :, 0, 0],
    "index, dots": lambda h: F.adaptive_avg_pool2d(h, 1)[..., 0, -1],
    "select": lambda h: F.adaptive_avg_pool2d(h, 1).select(3, 0).select(-1, 0),
    "view(batch, -1)": lambda h: F.avg_pool2d(h, h.size(3)).view(h.size(0), -1),
    "window of the whole map": lambda h: F.avg_pool2d(h, kernel_size=h.shape[2:]).reshape(-1, 4),
    "unflatten and flatten": lambda h: h.unflatten(1, (2, 2)).flatten(1, 2).mean((2, 3)),
    "unsqueeze, squeeze": lambda h: h.mean((2, 3)).unsqueeze(-1).unsqueeze(2).flatten(1),
    "sum / pixels": lambda h: h.sum((2, 3)) / 36,
    "sum sum": lambda h: torch.sum(h.sum(-1), -1) / (h.size(2) * h.size(3)),
    "sum of a flattened map, kept": lambda h: h.flatten(2).sum(2, keepdim=True).squeeze(2) * (1 / 36),
}
MAXIMA: dict[str, Spelling] = {
    "amax((2, 3))": lambda h: h.amax((2, 3)),
    "adaptive": lambda h: F.adaptive_max_pool2d(h, 1).flatten(1),
    "window of the whole map": lambda h: F.max_pool2d(h, h.shape[2:])[:, :, 0, 0],
    "kept": lambda h: torch.amax(h, (-2, -1), keepdim=True).squeeze(-1).squeeze(-1),
}
SEQUENCES: dict[str, Spelling] = {
    "mean": lambda h: h.mean(-1),
    "mean, kept": lambda h: h.mean(2, keepdim=True).squeeze(2),
    "adaptive": lambda h: F.adaptive_avg_pool1d(h, 1).squeeze(-1),
    "adaptive, indexed": lambda h: F.adaptive_avg_pool1d(h, 1)[:, :, 0],
    "window": lambda h: F.avg_pool1d(h, h.size(-1)).flatten(1),
    "sum": lambda h: h.sum(2) / h.size(2),
}
SEQUENCE_MAXIMA: dict[str, Spelling] = {
    "amax": lambda h: h.amax(-1),
    "adaptive": lambda h: F.adaptive_max_pool1d(h, 1).squeeze(-1),
    "adaptive module": lambda h: nn.AdaptiveMaxPool1d(1)(h).flatten(1),
}
EVERY_SECOND: dict[str, Spelling] = {
    "strides": lambda h: F.pad(h[:, :, ::2, ::2], (0, 0, 0, 0, 2, 3)).flatten(1),
    "pool of one pixel": lambda h: F.pad(F.avg_pool2d(h, 1, 2), (0, 0, 0, 0, 2, 3)).flatten(1),
    "max pool of one pixel": lambda h: F.pad(F.max_pool2d(h, 1, 2), (0, 0, 0, 0, 2, 3)).flatten(1),
    "cat with zeros": lambda h: torch.cat(
        [torch.zeros(h.size(0), 2, 3, 3), h[:, :, ::2, ::2], h.new_zeros(h.shape[0], 3, 3, 3)], 1
    ).flatten(1),
    "cat with what is zero": lambda h: torch.cat(
        [torch.zeros_like(h[:, :2, ::2, ::2]), h[..., ::2, ::2], 0.0 * h[:, 1:, ::2, ::2]], dim=1
    ).flatten(1),
    "rows, then columns": lambda h: F.pad(h[:, :, 0:6:2][:, :, :, 0:5:2], (0, 0, 0, 0, 2, 3)).flatten(1),
}
SELECTIONS: dict[str, Spelling] = {
    "odd rows, every third column": lambda h: h[:, :, 1::2, ::3].flatten(1),
    "the middle": lambda h: h[:, :, 1:-1, 2:4].flatten(1),
    "one row": lambda h: h[:, :, -2].flatten(1),
    "one pixel": lambda h: h[:, :, 3, 2],
    "some channels": lambda h: h[:, 1:3].flatten(1),
    "every second channel, every second row": lambda h: h[:, ::2, ::2].flatten(1),
    "half of the features": lambda h: h.flatten(1)[:, 3:100:2],
    "narrow": lambda h: h.narrow(2, 1, 3).flatten(1),
    "channels of zeros around channels": lambda h: F.pad(h, (1, 0, 0, 2, 1, 1)).flatten(1),
    "features of zeros": lambda h: F.pad(h.flatten(1), (2, 3)),
    "part of a sum": lambda h: (h[:, :2] + h[:, 2:]).flatten(1),
}
"""Each is a computation of its own."""


class Spelled(nn.Module):
    """relu(conv(x)), a spelling, and a linear layer; of maps `(1, 8, 8)`, or of sequences `(1, 8)`."""

    def __init__(self, spelling: Spelling, *, length: bool = False) -> None:
        super().__init__()
        self.conv: nn.Module = nn.Conv1d(1, 4, 3) if length else nn.Conv2d(1, 4, 3)
        self.spelling = spelling
        features = spelling(torch.rand(2, 4, 6) if length else torch.rand(2, 4, 6, 6)).shape[1]
        self.fc = nn.Linear(features, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.spelling(F.relu(self.conv(x))))


def case(spelling: Spelling, *, length: bool = False) -> Case:
    return Case(lambda: Spelled(spelling, length=length), (1, 8) if length else (1, 8, 8))


class OptionA(nn.Module):
    """A residual block whose shortcut takes every second pixel and fills up with channels of zeros (arXiv 1512.03385)."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.conv1, self.conv2 = nn.Conv2d(1, 4, 3, 1, 1), nn.Conv2d(4, 8, 3, 2, 1), nn.Conv2d(8, 8, 3, 1, 1)
        self.norm1, self.norm2, self.fc = nn.BatchNorm2d(8), nn.BatchNorm2d(8), nn.Linear(8, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.stem(x))
        short = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, 2, 2), "constant", 0)
        x = self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x)))))
        return self.fc(F.avg_pool2d(F.relu(x + short), x.size()[3]).view(x.size(0), -1))


SPELLED: dict[str, Case] = {
    "shortcut A": Case(
        OptionA, (1, 8, 8), "ResNet's shortcut without parameters: every second pixel, channels of zeros"
    ),
    "one row": case(SELECTIONS["one row"]),
    "some channels": case(SELECTIONS["some channels"]),
    "channels of zeros": case(EVERY_SECOND["cat with zeros"]),
}
SPELLED = {name: Case(one.make, one.shape, one.shows or "slices and zeros") for name, one in SPELLED.items()}
