"""Batch norms fold exactly in random graphs, and the changes replay on a fresh architecture."""

from collections.abc import Callable
from typing import Any

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from spikewright.compress import fold_batchnorm, trace
from spikewright.compress.exact.fold import fold_view
from spikewright.compress.graph.rewrite import Rewrite, replay
from tests.compress.exact.test_fold_paths import NORMS, SAMPLE, assert_same, shake


class Drawn(nn.Module):
    """A random graph: each step is an operation on values that are there already, of 4 channels and 8x8 pixels."""

    def __init__(self, seed: int, steps: int) -> None:
        super().__init__()
        draw = torch.Generator().manual_seed(seed)

        def pick(n: int) -> int:
            return int(torch.randint(n, (1,), generator=draw))

        self.plan: list[tuple[str, int, int]] = []
        self.layers = nn.ModuleDict()
        for step in range(steps):
            kind = list(_STEPS)[pick(len(_STEPS))]
            self.plan.append((kind, max(0, step - pick(2)), max(0, step - pick(3))))
            made = _STEPS[kind]
            if made is not None:
                self.layers[str(step)] = made(pick)
        self.head = nn.Sequential(nn.Flatten(), nn.Linear(256, 3), nn.BatchNorm1d(3))
        shake(self, seed)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        values = [x]
        for step, (kind, one, two) in enumerate(self.plan):
            if kind == "add" and one != two:
                values.append(values[one] + values[two])
            elif kind == "concat":
                values.append(self.layers[str(step)](torch.cat([values[one], values[two]], 1)))
            elif kind == "add":
                values.append(values[one].relu())
            else:
                values.append(self.layers[str(step)](values[one]))
        return self.head(values[-1])


Pick = Callable[[int], int]
_STEPS: dict[str, Callable[[Pick], nn.Module] | None] = {
    "conv": lambda pick: nn.Conv2d(4, 4, 3, padding=1, groups=2 ** pick(3), bias=bool(pick(2))),
    "point": lambda pick: nn.Conv2d(4, 4, 1, bias=bool(pick(2))),
    "transposed": lambda pick: nn.ConvTranspose2d(4, 4, 3, 1, 1, groups=2 ** pick(3), bias=bool(pick(2))),
    "norm": lambda pick: nn.BatchNorm2d(4, affine=bool(pick(3))),
    "again": lambda pick: nn.BatchNorm2d(4),
    "relu": lambda pick: nn.ReLU(),
    "overwriting": lambda pick: nn.Sequential(nn.BatchNorm2d(4), nn.ReLU(inplace=True)),
    "pool": lambda pick: nn.Sequential(nn.AvgPool2d(2), nn.ConvTranspose2d(4, 4, 2, 2)),
    "max": lambda pick: nn.MaxPool2d(3, 1, 1),
    "nothing": lambda pick: nn.Sequential(nn.Identity(), nn.Dropout2d()),
    "add": None,
    "concat": lambda pick: nn.Sequential(nn.BatchNorm2d(8), nn.Conv2d(8, 4, 1)),
}


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 10**6), steps=st.integers(1, 12))
def test_random_graphs_fold_exactly_and_replay(seed: int, steps: int) -> None:
    torch.manual_seed(seed)
    model = Drawn(seed, steps).eval()
    saved = {name: value.clone() for name, value in model.state_dict().items()}
    view = trace(model, SAMPLE)
    rows, changes = fold_view(view)
    folded = view.graph_module
    left = [node for node in folded.graph.nodes if _is_norm(folded, node)]
    assert len(left) == sum(row.action == "kept" for row in rows)
    assert rows[-1].action == "folded"  # the head's: a linear layer is right before it
    assert all(torch.equal(value, model.state_dict()[name]) for name, value in saved.items())
    _, second = fold_batchnorm(folded, SAMPLE)
    assert {row.action for row in second} <= {"kept"}
    fresh = replay(Drawn(seed, steps).eval(), (4, 8, 8), [Rewrite("trace"), *changes])
    fresh.load_state_dict(folded.state_dict())
    with torch.no_grad():
        assert torch.equal(fresh(SAMPLE), folded(SAMPLE))
    assert_same(model, folded)


def _is_norm(module: Any, node: Any) -> bool:
    return node.op == "call_module" and isinstance(module.get_submodule(node.target), NORMS)
