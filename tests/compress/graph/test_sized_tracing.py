"""Forward passes whose Python reads sizes are followed; what torch.fx cannot follow, torch.export reads, and it is said."""

import math
import operator
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from spikewright import InvalidInput
from spikewright.compress import TrainSettings, quantize
from spikewright.compress.graph.view import trace
from spikewright.compress.quantisers.uniform import QuantizeSettings
from spikewright.compress.storing.file import load, save
from spikewright.conversion import Ttfs, Unconvertible, convert

X = torch.rand(5, 1, 8, 8, generator=torch.Generator().manual_seed(1))


class Net(nn.Module):
    """A convolution inside of a block, whatever `after` does with its ReLU, and a linear layer on its 4 x 36 numbers."""

    def __init__(self, after: Callable[["Net", Tensor], Tensor]) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.block, self.fc, self.after = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU()), nn.Linear(144, 3), after
        self.again = nn.Conv2d(4, 4, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.after(self, self.block(x)).flatten(1))


def unpacked(net: Net, x: Tensor) -> Tensor:
    b, c, h, w = x.shape
    assert c == 4 and h == w and h * w == 36, f"a map of {h} x {w}"
    return x.view(b, c * h * w)


def pooled(net: Net, x: Tensor) -> Tensor:
    x = F.avg_pool2d(x, kernel_size=x.shape[2] // 3) if x.size(-1) >= 6 else x
    return F.interpolate(x, size=tuple(2 * size for size in x.shape[2:]))


def padded(net: Net, x: Tensor) -> Tensor:
    small = x[:, :, 1:-1] if x.dim() == 5 else F.max_pool2d(x, 3, 1)
    down, over = x.size()[2] - small.size()[2], x.size()[3] - small.size()[3]
    return x + F.pad(small, [over // 2, over - over // 2, down // 2, down - down // 2])


def residual(net: Net, x: Tensor) -> Tensor:
    other = net.again(x)
    return x + other if x.shape == other.shape else other


def looped(net: Net, x: Tensor) -> Tensor:
    for _ in range(x.size(1) // 2):
        x = F.relu(net.again(x))
    return x


def numbered(net: Net, x: Tensor) -> Tensor:
    side = int(math.sqrt(x.shape[1:].numel() / x.size(1)))
    return x.reshape(x.shape[0], -1) if side == x.ndim + 2 == len(x.shape) + 2 else x[:1]


def of_the_batch(net: Net, x: Tensor) -> Tensor:
    return x.view(x.numel() // math.prod(x.shape[1:]), -1)


def typed(net: Net, x: Tensor) -> Tensor:
    half = x.dtype in (torch.float16, torch.bfloat16) or not x.is_floating_point() or x.dtype == torch.float64
    with torch.autocast(device_type=x.device.type, enabled=half):
        return x.float() if half or x.is_cuda else x.to(x.dtype).type_as(net.block[0].weight)


FOLLOWED: dict[str, Callable[[Net, Tensor], Tensor]] = {
    "unpacked and asserted": unpacked,
    "windows of sizes": pooled,
    "differences of sizes": padded,
    "equal shapes": residual,
    "loop over channels": looped,
    "square root of a size": numbered,
    "batch computed of sizes": of_the_batch,
    "types of numbers": typed,
}


class Defaults(Net):
    """Options that default to nothing."""

    def forward(self, x: Tensor, mask: Any = None, *rest: Any, features: bool = False, **more: Any) -> Any:
        hidden = self.block(x).flatten(1)
        hidden = hidden * mask if mask is not None else hidden
        return (self.fc(hidden), hidden, rest, more) if features else self.fc(hidden)


class Rank(Net):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.unsqueeze(0) if x.dim() == 3 else x)


def checked(net: Net, x: Tensor) -> Tensor:
    if not isinstance(x, torch.Tensor):
        raise TypeError("expected a tensor")
    return x


def larger_batch(net: Net, x: Tensor) -> Tensor:
    return x if x.shape[0] > 1 else x.clone()


EXPORTED = {
    "type of the value": checked,
    "size of the batch": larger_batch,
    "length": lambda net, x: x if len(x) else x.clone(),
}


def same(one: Callable[[Tensor], Tensor], other: nn.Module, atol: float = 1e-6) -> None:
    for count in (1, 2, 5):
        with torch.no_grad():
            torch.testing.assert_close(one(X[:count]), other(X[:count]), rtol=0, atol=atol)


def models() -> dict[str, nn.Module]:
    named: dict[str, nn.Module] = {name: Net(after) for name, after in FOLLOWED.items()}
    return {
        name: one.eval() for name, one in ({**named, "defaults": Defaults(checked), "rank": Rank(unpacked)}).items()
    }


@pytest.mark.parametrize("name", list(models()))
def test_python_that_reads_sizes_is_followed(name: str) -> None:
    model = models()[name]
    view = trace(model, X[:1])
    assert view.notes == ()
    same(view.graph_module, model)
    assert set(view.graph_module.state_dict()) <= set(model.state_dict())
    readers = [user for node in view.graph_module.graph.nodes if node.target is getattr for user in node.users]
    asked = {reader.args[1] for reader in readers if reader.target is operator.getitem}
    assert asked <= {0}  # nothing is asked for but the batch


@pytest.mark.parametrize("name", EXPORTED)
def test_what_torch_fx_cannot_follow_is_read_by_torch_export(name: str) -> None:
    model = Net(EXPORTED[name]).eval()
    view = trace(model, X[:1])
    assert "read by torch.export" in view.notes[0]
    same(view.graph_module, model)
    assert set(view.graph_module.state_dict()) == {"block.0.weight", "block.0.bias", "fc.weight", "fc.bias"}
    report = convert(model, X, Ttfs()).report
    assert view.notes[0] in {row.detail for row in report if row.action == "note"}


@pytest.mark.parametrize("after", [unpacked, checked], ids=["followed", "exported"])
def test_it_is_compressed_and_saved_as_any_other(after: Callable[[Net, Tensor], Tensor], tmp_path: Any) -> None:
    model, labels = Net(after).eval(), torch.randint(0, 3, (5,))
    settings = QuantizeSettings(training=TrainSettings(epochs=0))
    small = quantize(model, 8, (X, labels), activation_bits=4, settings=settings)
    assert set(small.bits) == {"block.0", "fc"}
    assert any("torch.export" in step for step in small.steps) is (after is checked)
    save(small, tmp_path / "small")
    again = load(tmp_path / "small", Net(after))
    same(again, small.model, 0.0)


def test_branches_on_data_are_refused_with_the_true_reason(capfd: pytest.CaptureFixture[str]) -> None:
    model = Net(lambda net, x: x if x.sum() > 0 else -x)
    told = r"got a decision by the values of a tensor in <lambda>\(\) at test_sized_tracing.py:\d+ \(model = Net\("
    with pytest.raises(InvalidInput, match=told):
        trace(model, X[:1])
    with pytest.raises(Unconvertible, match="control flow"):
        convert(model, X, Ttfs())
    assert capfd.readouterr().out == ""


def test_a_second_input_that_must_be_given_is_refused() -> None:
    class Two(Net):
        def forward(self, x: Tensor, y: Tensor) -> Tensor:
            return super().forward(x) * y

    with pytest.raises(InvalidInput, match="one input"):
        trace(Two(checked), X[:1])


def wrapped_sum(x: Tensor, training: bool = False) -> Tensor:
    return F.dropout(x, 0.5) if training else torch.cat([x[:, :2], x[:, 2:] * x.shape[2]], 1)


def wrapped_writer(x: Tensor) -> Tensor:
    x = x.clone()
    x[:, 0].zero_()
    return x


def wrapped_judge(x: Tensor) -> Tensor:
    return x * 2 if x.sum() > 0 else x


for _name in ("wrapped_sum", "wrapped_writer", "wrapped_judge"):
    torch.fx.wrap(_name)


def test_functions_that_are_wrapped_are_followed_where_that_goes() -> None:
    model = Net(lambda net, x: wrapped_sum(x)).eval()
    view = trace(model, X[:1])
    assert [node.operation for node in view][3:] == ["getitem", "getitem", "mul", "cat", "flatten", "linear"]
    same(view.graph_module, model)
    same(trace(model, X[:1]).graph_module, model)  # the code of the first graph left no mark on torch.cat


@pytest.mark.parametrize("function", [wrapped_writer, wrapped_judge])
def test_wrapped_functions_that_overwrite_or_judge_stay_one_step(function: Callable[[Tensor], Tensor]) -> None:
    name = function.__name__  # looked up when it is called: torch.fx wraps the name
    model = Net(lambda net, x: globals()[name](x)).eval()
    view = trace(model, X[:1])
    assert [node.operation for node in view][3:] == [name.replace("_", ""), "flatten", "linear"]
    same(view.graph_module, model)
