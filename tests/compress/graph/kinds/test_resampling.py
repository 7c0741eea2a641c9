"""Interpolation of every mode as one matrix for the rows and one for the columns."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional as F

from spikewright.compress import trace

MODES = st.sampled_from(["bilinear", "bicubic", "area"])
SIZE = st.integers(1, 9)


class Enlarged(nn.Module):
    def __init__(self, **settings: object) -> None:
        super().__init__()
        self.settings = settings

    def forward(self, x: Tensor) -> Tensor:
        return F.interpolate(x, **self.settings)  # type: ignore[arg-type]


def check(settings: dict[str, object], *shape: int) -> None:
    x = torch.rand(2, *shape, generator=torch.Generator().manual_seed(0))
    model = Enlarged(**settings)
    node = trace(model, x).nodes[-1]
    assert node.kind in ("resampled", "upsample", "moved", "identity")
    if node.kind == "resampled":
        rows, columns = (torch.tensor(node.args[name]) for name in ("rows", "columns"))
        whole = x.double() if x.ndim == 4 else x.double()[:, :, None]
        made = torch.einsum("yi,ncij,xj->ncyx", rows, whole, columns)
        torch.testing.assert_close(made.reshape(2, *node.shape), model(x.double()))


@given(MODES, SIZE, SIZE, st.tuples(SIZE, SIZE), st.booleans())
def test_to_any_size(mode: str, high: int, wide: int, size: tuple[int, int], corners: bool) -> None:
    check({"mode": mode, "size": size} | ({} if mode == "area" else {"align_corners": corners}), 2, high, wide)


@given(MODES, st.sampled_from([0.5, 0.7, 1.3, 2.0, (1.5, 3.0)]), st.booleans(), st.booleans())
def test_by_any_factor(mode: str, factor: object, again: bool, smooth: bool) -> None:
    more = {} if mode == "area" else {"align_corners": False, "antialias": smooth}
    check({"mode": mode, "scale_factor": factor, "recompute_scale_factor": again, **more}, 2, 6, 8)


@pytest.mark.parametrize("settings", [{"size": 5}, {"scale_factor": 2.5}, {"size": 11, "align_corners": True}])
def test_sequences(settings: dict[str, object]) -> None:
    check({"mode": "linear", **settings}, 3, 7)


def test_a_size_that_is_computed_is_refused() -> None:
    class Computed(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return F.interpolate(x, size=(x.size(2) * 2, x.size(3)), mode="bilinear")

    node = trace(Computed(), torch.rand(2, 1, 4, 4)).nodes[-1]
    assert node.kind == "resampled"
