"""Layers that are written as functions of parameters: found, shared with the model, and compressed like any other."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from spikewright.compress import fold_batchnorm, trace
from spikewright.compress.graph.tracing import traced


class Written(nn.Module):
    """A convolution and a linear layer on parameters; `prepare` makes the kernel that convolves."""

    def __init__(self, prepare: object = None) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(0)
        self.kernel = nn.Parameter(torch.randn(3, 2, 3, 3, generator=generator))
        self.matrix = nn.Parameter(torch.randn(4, 48, generator=generator))
        self.prepare = prepare

    def forward(self, x: Tensor) -> Tensor:
        kernel = self.kernel if self.prepare is None else self.prepare(self.kernel)  # type: ignore[operator]
        x = F.relu(F.conv2d(x, kernel, None, 1, 1))
        return F.linear(x.flatten(1), self.matrix)


X = torch.rand(5, 2, 4, 4, generator=torch.Generator().manual_seed(1))


def test_functions_of_parameters_are_layers_that_share_them() -> None:
    model = Written().eval()
    graph = traced(model)
    assert graph.conv2d.weight is model.kernel and graph.linear.weight is model.matrix  # type: ignore[union-attr]
    assert sum(value.numel() for value in graph.parameters()) == sum(value.numel() for value in model.parameters())
    assert torch.equal(graph(X), model(X))
    view = trace(model, X)
    assert [node.kind for node in view] == ["input", "conv2d", "relu", "flatten", "linear"]
    assert view.node("conv2d").args["padding"] == (1, 1)


def test_parts_of_a_parameter_are_found_and_buffers_stay_untrained() -> None:
    class Split(nn.Module):
        fixed: Tensor

        def __init__(self) -> None:
            super().__init__()
            self.kernels = nn.Parameter(torch.randn(6, 2, 1, 1, generator=torch.Generator().manual_seed(0)))
            self.register_buffer("fixed", torch.ones(3, 6, 1, 1))

        def forward(self, x: Tensor) -> Tensor:
            first, second = torch.chunk(self.kernels, 2)[0], self.kernels.split(3)[1]
            both = torch.cat([F.conv2d(x, first), F.conv2d(x, second)], 1)
            return F.conv2d(F.relu(both), self.fixed)

    model = Split().eval()
    graph = traced(model)
    kinds = [node.kind for node in trace(model, X)]
    assert kinds == ["input", "conv2d", "conv2d", "concat", "relu", "conv2d"]
    assert torch.equal(graph(X), model(X))
    trained = [value.requires_grad for value in graph.parameters()]
    assert sorted(trained) == [False, True, True]


def test_the_model_itself_is_left_alone() -> None:
    model = Written(lambda kernel: kernel.mul_(2.0)).eval()
    before = model.kernel.detach().clone()
    with torch.no_grad():
        trace(model, X)
    assert torch.equal(model.kernel, before)
    assert set(dict(model.named_parameters())) == {"kernel", "matrix"} and not list(model.children())


def test_batch_norm_of_parameters_folds() -> None:
    class Normed(Written):
        def forward(self, x: Tensor) -> Tensor:
            x = F.conv2d(x, self.kernel)
            return F.batch_norm(x, torch.tensor([0.1, 0.2, 0.3]), torch.tensor([1.0, 2.0, 0.5]), training=self.training)

    model = Normed().eval()
    folded, rows = fold_batchnorm(model, X)
    assert [row.action for row in rows] == ["folded"]
    assert torch.allclose(folded(X), model(X), atol=1e-5)

    class Sequence(Written):
        def forward(self, x: Tensor) -> Tensor:
            return F.batch_norm(F.conv1d(x, self.kernel), torch.zeros(3), torch.ones(3))

    sequence = Sequence().eval()
    sequence.kernel = nn.Parameter(torch.eye(3)[:, :, None])
    assert trace(sequence, torch.rand(2, 3, 6)).node("batch_norm").kind == "batchnorm"
