"""The observer sees each wanted node in order, a copy of what entered it, and may put another value in its place."""

import torch
from torch import fx, nn

from spikewright.compress.graph.observe import Observer, inputs_of
from spikewright.compress.graph.tracing import traced

MODEL = nn.Sequential(nn.Linear(3, 4), nn.ReLU(inplace=True), nn.Linear(4, 2)).eval()
X = torch.randn(5, 3, generator=torch.Generator().manual_seed(0))


def test_what_is_seen_goes_on() -> None:
    seen = []

    def double(node: fx.Node, entered: torch.Tensor | None, value: torch.Tensor) -> torch.Tensor:
        seen.append((node.name, entered))
        return 2 * value

    with torch.no_grad():
        found = Observer(traced(MODEL), double, lambda node: node.op == "call_module").run(X)
        hidden = 2 * torch.relu(2 * MODEL[0](X))
        torch.testing.assert_close(found, 2 * MODEL[2](hidden))
    assert [name for name, _ in seen] == ["_0", "_1", "_2"] and all(entered is None for _, entered in seen)


def test_what_entered_is_a_copy_from_before_it_was_overwritten() -> None:
    entered = inputs_of(traced(MODEL), ["_1"], X)["_1"]
    with torch.no_grad():
        assert torch.equal(entered, MODEL[0](X).flatten()) and entered.min() < 0


def test_what_counts_is_kept() -> None:
    found = inputs_of(traced(MODEL), ["_1"], X, {"_1": torch.neg})["_1"]
    assert torch.equal(found, -inputs_of(traced(MODEL), ["_1"], X)["_1"])


def test_a_sample_is_thinned_evenly() -> None:
    wide = nn.Sequential(nn.Identity(), nn.ReLU())
    values = inputs_of(traced(wide), ["_1"], torch.arange(2.0**19).reshape(512, 1024))["_1"]
    assert len(values) == 2**17 and torch.equal(values, torch.arange(0, 2.0**19, 4))
