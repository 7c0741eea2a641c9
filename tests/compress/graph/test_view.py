"""The graph view: every common way to write a layer gets its kind, and nothing unknown passes for something known."""

import torch
from torch import nn
from torch.nn import functional as F

from spikewright.compress import trace

SAMPLE = torch.zeros(1, 2, 8, 8)


class Functional(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(2, 4, 3, padding="same", bias=False)
        self.norm = nn.BatchNorm2d(4)
        self.again = nn.Conv2d(4, 4, 3, padding=1)
        self.relu = nn.ReLU(inplace=True)
        self.out = nn.Linear(16, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.relu(self.norm(self.first(x)))
        y = self.again(x)
        y += x
        y = self.again(F.relu(y))
        y = F.avg_pool2d(y, 2)
        y = F.max_pool2d(y, kernel_size=3, stride=2, padding=1)
        y = F.dropout(y.view(y.size(0), -1), 0.5, self.training)
        return F.log_softmax(self.out(y), dim=1)


def test_functional_forms_and_reused_modules() -> None:
    view = trace(Functional(), SAMPLE)
    names = "input conv2d batchnorm relu conv2d add relu conv2d avgpool maxpool flatten dropout linear softmax"
    assert [node.kind for node in view] == names.split()
    first, second = view.calls("again")
    assert first.module is second.module and first.name != second.name
    assert view.node(first.name).inputs == ("relu",)
    assert view.output == view.nodes[-1].name and view.input_shape == (2, 8, 8)
    assert [view.node("first").args[key] for key in ("kernel", "stride", "padding", "groups")] == [
        (3, 3),
        (1, 1),
        (1, 1),
        1,
    ]
    pool = view.nodes[9].args
    assert [pool[key] for key in ("kernel", "stride", "padding", "dilation", "extra")] == [
        (3, 3),
        (2, 2),
        (1, 1),
        (1, 1),
        (0, 0),
    ]
    assert [node.shape for node in view][-3:] == [(16,), (10,), (10,)]


def test_the_view_runs_like_the_model_and_leaves_it_alone() -> None:
    model, x = Functional().train(), torch.randn(5, 2, 8, 8)
    view = trace(model, x)
    assert model.training
    assert torch.equal(view.graph_module(x), model.eval()(x))
