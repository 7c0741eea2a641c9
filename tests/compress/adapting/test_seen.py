"""What is seen at a place equals what numpy says of all values there, in batches or not."""

import torch
from torch.nn import functional as F

from spikewright.compress import trace
from spikewright.compress.adapting.places import gate_places, other_places
from spikewright.compress.adapting.seen import Seen, seen_at
from tests.compress.adapting.modern import images, modern


def test_means_variances_and_lines_are_those_of_all_values() -> None:
    x = torch.randn(9, 3, 4, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    y = 2 * x - 1
    y[:, 2] = 7
    seen = Seen()
    for one, other in zip(x.split(4), y.split(4), strict=True):
        seen.add(one, other, 100)
    assert torch.allclose(seen.mean, x.mean((0, 2, 3)))
    assert torch.allclose(seen.variance, x.var((0, 2, 3), correction=0))
    slope, offset = seen.line
    assert torch.allclose(slope, torch.tensor([2.0, 2, 0]).double())
    assert torch.allclose(offset, torch.tensor([-1.0, -1, 7]).double())


def test_a_value_that_never_changes_has_a_flat_line() -> None:
    seen = Seen()
    seen.add(torch.ones(3, 2), torch.full((3, 2), 5.0), 10)
    slope, offset = seen.line
    assert not slope.any() and bool((offset == 5).all())


def test_a_gate_sees_its_factors_and_others_what_enters() -> None:
    model = modern()
    view = trace(model, images(3))
    places = (*gate_places(view), *other_places(view, gate_places(view)))
    found = seen_at(view.graph_module, places, images())
    with torch.no_grad():
        normed = model.norm(model.conv(images()))
        squeezed = model.gate.squeeze(model.act(normed).mean((2, 3), keepdim=True))
        factors = torch.sigmoid(model.gate.excite(F.silu(squeezed)))
    assert torch.allclose(found["act"].mean, normed.double().mean((0, 2, 3)), atol=1e-6)
    assert torch.allclose(found["mul"].mean, factors.double().mean((0, 2, 3)), atol=1e-6)
    assert len(found["act"].values) == normed.numel()
