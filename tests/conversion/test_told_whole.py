"""A refusal tells the whole: what it names replaced by its substitute, nothing new appears when the model is read again."""

from collections.abc import Callable

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional as F

from tests.conversion.reading.obstacles import graphs
from tests.conversion.substituting import check_told_whole

X = torch.rand(3, 3, 16, 16, generator=torch.Generator().manual_seed(0))


class Heads(nn.Module):
    """Attention of two heads on tokens (N, 16), as it is usually written."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv, self.proj = nn.Linear(16, 48), nn.Linear(16, 16)

    def forward(self, x: Tensor) -> Tensor:
        batch, count, _ = x.shape
        q, k, v = self.qkv(x).reshape(batch, count, 3, 2, 8).permute(2, 0, 3, 1, 4).unbind(0)
        weights = (q @ k.transpose(-2, -1) * 8**-0.5).softmax(dim=-1)
        return self.proj((weights @ v).transpose(1, 2).reshape(batch, count, 16))


class Transformer(nn.Module):
    """A vision transformer of one block."""

    def __init__(self) -> None:
        super().__init__()
        self.patches, self.token = nn.Conv2d(3, 16, 4, 4), nn.Parameter(torch.zeros(1, 1, 16))
        self.place, self.attention = nn.Parameter(torch.randn(1, 17, 16)), Heads()
        self.norm1, self.norm2, self.norm = nn.LayerNorm(16), nn.LayerNorm(16), nn.LayerNorm(16)
        self.mlp, self.head = nn.Sequential(nn.Linear(16, 32), nn.GELU(), nn.Linear(32, 16)), nn.Linear(16, 5)

    def forward(self, x: Tensor) -> Tensor:
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1) + self.place
        x = x + self.attention(self.norm1(x))
        x = x + self.mlp(self.norm2(x))
        return self.head(self.norm(x)[:, 0])


class Written(nn.Module):
    """Norms and activations written out, one behind the other."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.mix, self.fc = nn.Conv2d(3, 4, 3), nn.Conv2d(4, 4, 1), nn.Linear(4, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = graphs.rms_norm(self.mix(graphs.layer_norm(F.relu(self.conv(x)))))
        x = 0.5 * x * (1 + torch.tanh(0.8 * (x + 0.04 * x.pow(3))))
        return self.fc((x * F.relu6(x + 3) / 6).mean((2, 3)))


def test_a_transformer() -> None:
    found = [one.what for one in check_told_whole(Transformer().eval(), X)]
    assert found.count("layer norm") == 3 and found.count("softmax attention") == found.count("GELU") == 1


def test_norms_and_activations_written_out() -> None:
    found = [one.what for one in check_told_whole(Written().eval(), X)]
    names = ["layer norm", "RMS norm", "GELU", "Hardswish"]
    assert found == [f"{name} written out" for name in names]


def _gate(channels: int) -> nn.Module:
    class Gate(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.down, self.up = nn.Conv2d(channels, 2, 1), nn.Conv2d(2, channels, 1)

        def forward(self, x: Tensor) -> Tensor:
            return graphs.opened(x, self.down, self.up)

    return Gate()


def _of(function: Callable[[Tensor], Tensor]) -> Callable[[int], nn.Module]:
    class Function(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return function(x)

    return lambda channels: Function()


PLANTED: dict[str, tuple[str, Callable[[int], nn.Module]]] = {
    "silu": ("SiLU", lambda channels: nn.SiLU()),
    "gelu": ("GELU", lambda channels: nn.GELU()),
    "sigmoid": ("sigmoid", lambda channels: nn.Sigmoid()),
    "written": ("SiLU written out", _of(lambda x: x * torch.sigmoid(x))),
    "clipped": ("Hardswish written out", _of(lambda x: x * F.relu6(x + 3) / 6)),
    "group norm": ("group norm", lambda channels: nn.GroupNorm(1, channels)),
    "instance norm": ("instance norm", lambda channels: nn.InstanceNorm2d(channels)),
    "layer norm": ("layer norm written out", _of(graphs.layer_norm)),
    "rms norm": ("RMS norm written out", _of(graphs.rms_norm)),
    "gate": ("squeeze-excite gate", _gate),
    "attention": ("softmax attention", _of(graphs.attention)),
    "index": ("data-dependent index", _of(lambda x: x.gather(1, x.argmax(1, keepdim=True).expand_as(x)))),
}
"""By name: what it is called, and a layer of so many channels that keeps the shape."""


class Grown(nn.Module):
    """Convolutions with what is planted between them; `residual`: where a sum goes around."""

    def __init__(self, planted: list[str], residual: list[bool]) -> None:
        super().__init__()
        self.convs = nn.ModuleList(
            [nn.Conv2d(3 if not place else 4, 4, 3, padding=1) for place in range(len(planted) + 1)]
        )
        self.planted = nn.ModuleList([PLANTED[name][1](4) if name in PLANTED else nn.ReLU() for name in planted])
        self.residual, self.fc = residual, nn.Linear(4, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.convs[0](x))
        for conv, planted, around in zip(self.convs[1:], self.planted, self.residual, strict=True):
            y = planted(F.relu(conv(x)))
            x = x + y if around else y
        return self.fc(x.mean((2, 3)))


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_exactly_what_was_planted_is_named(data: st.DataObject) -> None:
    planted = data.draw(st.lists(st.sampled_from([*PLANTED, "relu", "relu"]), min_size=1, max_size=4))
    residual = data.draw(st.lists(st.booleans(), min_size=len(planted), max_size=len(planted)))
    torch.manual_seed(0)
    found = check_told_whole(Grown(planted, residual).eval(), X[:, :, :8, :8])
    assert [one.what for one in found] == [PLANTED[name][0] for name in planted if name in PLANTED]


def test_a_softmax_that_only_a_norm_reads_and_a_number_of_the_whole_batch() -> None:
    model = graphs.Inside(lambda x: F.normalize(x.softmax(1)) * x.mean() + x)
    found = check_told_whole(model.eval(), torch.cat([X, X[:, :1]], 1))
    assert [one.what for one in found][:2] == ["softmax", "norm of each image"]
