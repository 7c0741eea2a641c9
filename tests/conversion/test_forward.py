"""A plan in torch: the model, layer by layer, with its ending; whoever follows may replace a value."""

import torch
from torch import Tensor, nn

from spikewright.compress import trace
from spikewright.conversion.forward import Rewritten, activations, ended
from spikewright.conversion.reading.graph import read
from spikewright.conversion.reading.plan import Unit

MODEL = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(18, 3), nn.Softmax(1)).eval()
X = torch.rand(4, 1, 5, 5)


def test_a_plan_is_its_model() -> None:
    plan = read(trace(MODEL, X), {})
    with torch.no_grad():
        torch.testing.assert_close(Rewritten(plan)(X).float(), MODEL(X))
        sent = activations(plan, X)
        torch.testing.assert_close(sent["_0"].float(), MODEL[:2](X))
    assert list(sent) == ["input", "_0", "_3"]


def test_a_follower_sees_sums_and_replaces_values() -> None:
    plan, seen = read(trace(MODEL, X), {}), []

    def follow(unit: Unit, entered: Tensor, value: Tensor) -> Tensor:
        seen.append((unit.name, bool((entered < 0).any())))
        return value if unit.adds_up else torch.zeros_like(value)

    logits = activations(plan, X, follow)["_3"]
    assert [name for name, _ in seen] == ["_0", "_3"] and seen[0][1]
    torch.testing.assert_close(logits, torch.tensor(plan.output.bias).expand(4, 3))


def test_endings_are_those_of_torch() -> None:
    x = torch.randn(2, 3)
    assert torch.equal(ended(x, None), x) and torch.equal(ended(x, "tanh"), x.tanh())
    torch.testing.assert_close(ended(x, "softmax").sum(1), torch.ones(2))
