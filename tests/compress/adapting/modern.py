"""Small models of today's habits, for the tests of adapting: each line of the tables is one that `convert` refuses."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SHAPE = (2, 6, 6)


def images(count: int = 40) -> Tensor:
    """Images in [0, 1], the same each time."""
    return torch.rand(count, *SHAPE, generator=torch.Generator().manual_seed(1))


def labels(count: int = 40) -> Tensor:
    """Which half of an image is brighter."""
    x = images(count)
    return (x[..., :3].mean((1, 2, 3)) > x[..., 3:].mean((1, 2, 3))).long()


class Around(nn.Module):
    """A convolution of four channels, what is asked about, and a linear layer that answers."""

    def __init__(self, inner: Callable[[Tensor], Tensor], *held: nn.Module) -> None:
        super().__init__()
        self.conv = nn.Conv2d(SHAPE[0], 4, 3, padding=1)
        self.inner, self.held = inner, nn.ModuleList(held)
        self.fc = nn.Linear(4 * 6 * 6, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.inner(self.conv(x)).flatten(1))


def around(inner: Callable[[Tensor], Tensor], *held: nn.Module) -> Around:
    """The model with weights that are the same each time; modules in `inner` are `held`, too."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(2)
        return Around(inner, *held).eval()


class Excite(nn.Module):
    """A squeeze-and-excite gate over four channels."""

    def __init__(self) -> None:
        super().__init__()
        self.squeeze, self.excite = nn.Conv2d(4, 2, 1), nn.Conv2d(2, 4, 1)

    def forward(self, x: Tensor) -> Tensor:
        return torch.sigmoid(self.excite(F.silu(self.squeeze(x.mean((2, 3), keepdim=True))))) * x


class Modern(nn.Module):
    """SiLU, a gate, max pooling and a group norm."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(SHAPE[0], 4, 3, padding=1)
        self.norm, self.act, self.gate = nn.GroupNorm(2, 4), nn.SiLU(), Excite()
        self.pool, self.flatten, self.fc = nn.MaxPool2d(2), nn.Flatten(), nn.Linear(4 * 3 * 3, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.flatten(self.pool(self.gate(self.act(self.norm(self.conv(x)))))))


def modern() -> Modern:
    """The model with weights that are the same each time."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        return Modern().eval()


def channels_last_norm(x: Tensor) -> Tensor:
    """A layer norm over the channels, as ConvNeXt writes it."""
    return F.layer_norm(x.permute(0, 2, 3, 1), (4,)).permute(0, 3, 1, 2)


ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "silu": F.silu,
    "gelu": F.gelu,
    "hardswish": F.hardswish,
    "mish": F.mish,
    "elu": F.elu,
    "softplus": F.softplus,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "mul+sigmoid": lambda x: x * torch.sigmoid(1.702 * x),
    "mul+relu6": lambda x: x * F.relu6(x + 3) / 6,
    "mul+softplus+tanh": lambda x: x * torch.tanh(F.softplus(x)),
    "erf+mul": lambda x: 0.5 * x * (1 + torch.erf(x / 2**0.5)),
    "mul+pow+tanh": lambda x: 0.5 * x * (1 + torch.tanh(0.8 * (x + 0.045 * torch.pow(x, 3)))),
}
"""By what they are called: functions, and activations that are written out."""
GATES: dict[str, tuple[Callable[[Tensor], Tensor], float]] = {
    "of channels": (lambda x: x * torch.sigmoid(x.mean((2, 3), keepdim=True)), 1),
    "the other way round": (lambda x: F.hardsigmoid(x.mean((2, 3), keepdim=True)) * x, 1),
    "written out": (lambda x: x * (F.relu6(x.mean((2, 3), keepdim=True) + 3) / 6), 1),
    "expanded": (lambda x: x * torch.sigmoid(x.mean((2, 3)))[:, :, None, None].expand_as(x), 1),
    "of pixels": (lambda x: x * torch.sigmoid(x.mean(1, keepdim=True)), 1),
}
NORMS: dict[str, tuple[Callable[[Tensor], Tensor], tuple[nn.Module, ...]]] = {
    "groupnorm": ((norm := nn.GroupNorm(2, 4)), (norm,)),
    "instancenorm2d": ((inst := nn.InstanceNorm2d(4)), (inst,)),
    "layernorm over maps": ((layer := nn.LayerNorm((4, 6, 6))), (layer,)),
    "layernorm over channels": (channels_last_norm, ()),
    "localresponsenorm": ((local := nn.LocalResponseNorm(3)), (local,)),
    "batchnorm without statistics": ((batch := nn.BatchNorm2d(4, track_running_stats=False)), (batch,)),
}
