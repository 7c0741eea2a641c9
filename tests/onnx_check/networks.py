"""A dozen small CNNs with what exporters write in their own ways: weight norms, casts, shuffles, gates, resizing."""

from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import parametrizations, spectral_norm, weight_norm

Net = tuple[Callable[[], nn.Module], tuple[int, ...]]
"""What makes a network, and the shape of an image."""


class _Of(nn.Module):
    """A network whose forward pass is a function of its layers and an image."""

    def __init__(self, run: Callable[["_Of", torch.Tensor], torch.Tensor], **parts: nn.Module) -> None:
        super().__init__()
        for name, part in parts.items():
            self.add_module(name, part)
        self.run = run

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.run(self, x)


def _normed(old: bool) -> nn.Module:
    wrap = weight_norm if old else parametrizations.weight_norm
    return nn.Sequential(
        *(wrap(nn.Conv2d(3, 6, 3, padding=1)), nn.ReLU(), wrap(nn.Conv2d(6, 8, 3, stride=2)), nn.ReLU(), nn.Flatten()),
        wrap(nn.Linear(8 * 25, 5)),
    )


def _casting(self: _Of, x: torch.Tensor) -> torch.Tensor:
    """Numbers that are cast to the type of others, as mixed precision writes them."""
    x = F.relu(self.a(x.to(self.a.weight.dtype)))
    scale = torch.arange(6).type_as(x).view(1, 6, 1, 1) * 0.1
    x = (x * (1 + scale)).float().to(torch.float32)
    return self.b(x.mean((2, 3)))


def _residual(self: _Of, x: torch.Tensor) -> torch.Tensor:
    x = F.relu(self.n(self.a(x)))
    x = F.relu(x + self.m(self.b(x)))
    return self.f(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1))


def _gated(self: _Of, x: torch.Tensor) -> torch.Tensor:
    x = F.hardswish(self.a(x))
    x = x * torch.sigmoid(self.c(F.silu(self.b(x.mean((2, 3), keepdim=True)))))
    return self.f(F.gelu(x).flatten(1))


def _shuffled(self: _Of, x: torch.Tensor) -> torch.Tensor:
    one, two = self.a(x).chunk(2, 1)
    x = torch.cat([one, F.relu(self.b(two))], 1)
    n, c, h, w = x.shape
    x = x.view(n, 2, c // 2, h, w).transpose(1, 2).reshape(n, c, h, w)
    return self.f(F.max_pool2d(x, 3, 2, 1).flatten(1))


def _pyramid(self: _Of, x: torch.Tensor) -> torch.Tensor:
    fine = F.relu(self.a(x))
    coarse = F.relu(self.b(fine))
    near = F.interpolate(coarse, scale_factor=2.0, mode="nearest")
    smooth = F.interpolate(coarse, size=fine.shape[2:], mode="bilinear", align_corners=False)
    return self.f(torch.cat([fine, near, smooth], 1))


def _stem(self: _Of, x: torch.Tensor) -> torch.Tensor:
    parts = [x[..., ::2, ::2], x[..., 1::2, ::2], x[..., ::2, 1::2], x[..., 1::2, 1::2]]
    x = F.leaky_relu(self.a(torch.cat(parts, 1)), 0.1)
    return F.log_softmax(self.f(F.avg_pool2d(F.pad(x, (1, 0, 0, 1), mode="reflect"), 2).flatten(1)), 1)


def _clamped(self: _Of, x: torch.Tensor) -> torch.Tensor:
    x = torch.clamp(self.a(x), -0.5, 0.8)
    x = torch.where(x > 0, x, 0.2 * x)
    x = self.s(F.prelu(self.b(x), torch.tensor([0.1, 0.2, 0.3, 0.4])))
    return self.f(x.amax((2, 3)))


def _sounds() -> nn.Module:
    return nn.Sequential(
        *(nn.Conv1d(2, 6, 5, 2, 2), nn.BatchNorm1d(6), nn.PReLU(6), nn.AvgPool1d(3, 2, ceil_mode=True)),
        *(nn.Conv1d(6, 8, 3), nn.ReLU6(), nn.AdaptiveMaxPool1d(1), nn.Flatten(), nn.Linear(8, 4)),
    )


def _norms() -> nn.Module:
    return nn.Sequential(
        *(nn.Conv2d(3, 8, 3), nn.GroupNorm(2, 8), nn.ReLU(), nn.Conv2d(8, 8, 1), nn.InstanceNorm2d(8, affine=True)),
        *(nn.ELU(), nn.LayerNorm([8, 10, 10]), nn.Softplus(), nn.Dropout(0.3), nn.Flatten(), nn.Linear(800, 3)),
    )


def _growing() -> nn.Module:
    return nn.Sequential(
        *(nn.ConvTranspose2d(3, 6, 3, 2, 1, 1), nn.BatchNorm2d(6), nn.ReLU(), nn.Conv2d(6, 6, 3, groups=3, dilation=2)),
        *(
            nn.Hardtanh(-1, 2),
            spectral_norm(nn.Conv2d(6, 4, (1, 3), bias=False)),
            nn.AvgPool2d(3, 2, 1, ceil_mode=True),
        ),
    )


_PIXELS = (3, 12, 12)
NETWORKS: dict[str, Net] = {
    "weight norm, old": (lambda: _normed(True), _PIXELS),
    "weight norm, parametrised": (lambda: _normed(False), _PIXELS),
    "casts": (lambda: _Of(_casting, a=nn.Conv2d(3, 6, 3), b=nn.Linear(6, 4)), _PIXELS),
    "residual": (
        lambda: _Of(
            _residual,
            a=nn.Conv2d(3, 8, 3, bias=False),
            n=nn.BatchNorm2d(8),
            b=nn.Conv2d(8, 8, 3, padding=1, groups=8),
            m=nn.BatchNorm2d(8),
            f=nn.Linear(8, 5),
        ),
        _PIXELS,
    ),
    "gates": (
        lambda: _Of(_gated, a=nn.Conv2d(3, 8, 3, 2), b=nn.Conv2d(8, 2, 1), c=nn.Conv2d(2, 8, 1), f=nn.Linear(200, 4)),
        _PIXELS,
    ),
    "shuffles": (
        lambda: _Of(_shuffled, a=nn.Conv2d(3, 8, 1), b=nn.Conv2d(4, 4, 3, padding=1), f=nn.Linear(288, 4)),
        _PIXELS,
    ),
    "pyramid": (
        lambda: _Of(_pyramid, a=nn.Conv2d(3, 4, 3, padding=1), b=nn.Conv2d(4, 6, 2, 2), f=nn.Conv2d(16, 3, 1)),
        _PIXELS,
    ),
    "slices": (lambda: _Of(_stem, a=nn.Conv2d(12, 6, 3, padding="same"), f=nn.Linear(54, 4)), _PIXELS),
    "clamps": (
        lambda: _Of(_clamped, a=nn.Conv2d(3, 4, 3), b=nn.Conv2d(4, 4, 1), s=nn.PixelUnshuffle(2), f=nn.Linear(16, 3)),
        _PIXELS,
    ),
    "sounds": (_sounds, (2, 40)),
    "norms": (_norms, _PIXELS),
    "growing": (_growing, _PIXELS),
}


def network(name: str) -> tuple[nn.Module, torch.Tensor]:
    """The network of that name with batch norms that have seen images, and images."""
    make, shape = NETWORKS[name]
    torch.manual_seed(3)
    model, images = make().train(), torch.rand(4, *shape)
    with torch.no_grad():
        for _ in range(3):
            model(images)
    return model.eval(), images
