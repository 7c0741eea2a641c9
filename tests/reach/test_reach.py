"""What `make reach` writes: its list, its rows, its watch over operators and its section of the page. No library is imported."""

from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from docs.reach import section
from tests.reach.architectures import architectures
from tests.reach.functions import functions
from tests.reach.rows import ReachRow, key, load, save

NAMED = "Res2Net DPN CSP Shuffle DLA HRNet NASNet Inception MobileNetV4 EfficientNet HGNet MobileOne blurs pre-activation dense"
OPEN = {
    *("dpn92", "nasnetalarge", "pnasnet5large", "xception65"),  # time, bounds that grow beyond all numbers, memory
    "mobileone_s1",  # 1.4e-4 of the range: what rounding its folded weights to float32 does
}
"""What the table does not have as it should be."""
BLOCKS = {
    "residual": lambda x: torch.relu(x - x.mean((2, 3), keepdim=True)) + torch.max_pool2d(x, 3, 1, 1),
    "shuffled": lambda x: (
        torch.cat(x.chunk(2, 1)[::-1], 1).view(2, 2, 2, 6, 6).transpose(1, 2).reshape(2, 4, 6, 6) * 2.0
    ),
    "resized": lambda x: nn.functional.interpolate(x, scale_factor=2, mode="bilinear").clamp(-1, 2)[:, 1:, ::2],
}
OTHERS = {
    "sigmoid": lambda x: torch.sigmoid(x),
    "product of activations": lambda x: x * torch.relu(x),
    "silu": lambda x: nn.functional.silu(x.clone(), inplace=True),
    "native_layer_norm": lambda x: nn.functional.layer_norm(x, x.shape[1:]),
    "softmax": lambda x: (x @ x.transpose(2, 3)).softmax(-1),
    "pow": lambda x: x / (x.pow(2).mean() + 1),
}
ROWS = st.builds(
    ReachRow,
    name=st.sampled_from(["a", "b"]),
    family=st.just("f"),
    library=st.sampled_from(["timm", "torchvision"]),
    pixels=st.just(32),
    commit=st.just("1a2b3c4"),
    result=st.sampled_from(["equal", "refused", "too slow"]),
    error=st.none() | st.sampled_from([1e-6, 0.5]),
    seconds=st.sampled_from([0.5, 61.0]),
    memory_mb=st.just(120.0),
    weights_mb=st.just(40.0),
    populations=st.none() | st.integers(1, 99),
    obstacles=st.dictionaries(st.sampled_from(["silu: x|y", "gelu: no rule"]), st.integers(1, 9)),
    functions=st.dictionaries(st.sampled_from(["silu", "gelu"]), st.integers(1, 9)),
    verified=st.none() | st.booleans(),
)


class Called(nn.Module):
    """A function as a network, with weights that a graph computes at run time."""

    def __init__(self, called: object) -> None:
        super().__init__()
        self.called, self.conv = called, nn.Conv2d(4, 4, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        weight = self.conv.weight / self.conv.weight.pow(2).sum().sqrt()
        return self.called(nn.functional.conv2d(x, weight, padding=1))


def test_the_list_is_long_and_holds_the_families_that_matter() -> None:
    listed = architectures()
    assert len(listed) >= 140
    assert len({key(one.library, one.name) for one in listed}) == len(listed)
    families = " ".join(one.family for one in listed).lower()
    assert all(name.lower() in families for name in NAMED.split())


def test_linear_maps_and_clipped_relus_are_no_functions() -> None:
    for called in BLOCKS.values():
        assert not functions(Called(called).eval(), torch.rand(2, 4, 6, 6))


def test_everything_else_is_seen_by_its_name() -> None:
    for name, called in OTHERS.items():
        assert name in functions(Called(called).eval(), torch.rand(2, 4, 6, 6))


@given(rows=st.lists(ROWS, unique_by=lambda row: (row.library, row.name)))
def test_rows_survive_their_file_and_each_has_a_line(rows: list[ReachRow]) -> None:
    with TemporaryDirectory() as folder:
        save(rows, Path(folder) / "rows.json")
        assert list(load(Path(folder) / "rows.json").values()) == rows
    lines = list(section(rows))
    assert all(sum(line.startswith(f"| {row.name} | {row.library} |") for line in lines) == 1 for row in rows)


def test_the_rows_that_are_kept_are_of_the_list_and_what_is_plain_is_equal() -> None:
    rows = load()
    listed = {key(one.library, one.name) for one in architectures()}
    assert len(rows) >= 140 and rows.keys() <= listed
    assert {row.name for row in rows.values() if row.plain and row.result != "equal"} <= OPEN
    assert {row.name for row in rows.values() if not row.plain and row.result != "refused"} <= OPEN
