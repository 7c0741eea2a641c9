"""Small architectures of every construct that converts: `BLOCKS` in every code, `SIGNED` where spikes have signs."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tests.conversion.architectures import Case, seq
from tests.conversion.known import DenseLayer, Inception, InvertedResidual


class Clipped(nn.Module):
    """ReLU6, clamp and hardtanh that begin at zero."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2, self.conv3 = nn.Conv2d(2, 4, 3), nn.Conv2d(4, 4, 3, padding=1), nn.Conv2d(4, 4, 3)
        self.relu6, self.fc = nn.ReLU6(), nn.Linear(64, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu6(torch.clamp(self.conv1(3 * x), 0, 1.5))
        x = F.hardtanh(self.conv2(x), 0.0, 0.25)
        return self.fc(self.relu6(self.conv3(x)).flatten(1))


class MaxPools(nn.Module):
    """Max pools before and behind a ReLU, overlapping, padded, with ceil_mode, functional and global."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2, self.conv3 = nn.Conv2d(1, 4, 3), nn.Conv2d(4, 5, 3, padding=1), nn.Conv2d(5, 6, 1)
        self.pool, self.fc = nn.MaxPool2d(3, 2, ceil_mode=True), nn.Linear(6, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.pool(self.conv1(x)))
        x = self.pool(F.max_pool2d(F.relu(self.conv2(x)), 3, 2, 1))
        return self.fc(F.adaptive_max_pool2d(F.relu(self.conv3(x)), 1).flatten(1))


class MaxOfAverages(nn.Module):
    """A max pool of average-pooled activations, and amax at the end: each average is a neuron."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.fc = nn.Conv2d(1, 4, 3), nn.Conv2d(4, 3, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = F.max_pool2d(F.avg_pool2d(F.relu(self.conv(x)), 2), 2)
        return F.relu(self.fc(x)).amax((2, 3))


class Concatenated(nn.Module):
    """Activations, a batch norm and a pooled map side by side; then a grouped convolution whose groups span parts."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Conv2d(2, 3, 3, padding=1), nn.Conv2d(2, 5, 3, padding=1)
        self.norm, self.mix, self.fc = nn.BatchNorm2d(8), nn.Conv2d(8, 8, 3, padding=1, groups=4), nn.Linear(40, 3)

    def forward(self, x: Tensor) -> Tensor:
        a, b = F.relu(self.a(x)), F.relu(self.b(x))
        y = F.relu(self.mix(self.norm(torch.cat((a, b), dim=1))))
        return self.fc(
            torch.cat([F.avg_pool2d(y, 3).flatten(1), F.adaptive_avg_pool2d(torch.cat([y], 1), 1).flatten(1)], 1)
        )


class SidesOfSums(nn.Module):
    """Sums side by side become one population with slices."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b, self.c = nn.Conv2d(2, 3, 3, padding=1), nn.Conv2d(2, 4, 1), nn.Conv2d(7, 4, 3, groups=1)
        self.norm, self.fc = nn.BatchNorm2d(7), nn.Linear(64, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.norm(torch.cat([self.a(x), self.b(x)], 1)))
        return self.fc(F.relu(self.c(x)).flatten(1))


class FlatConcatenated(nn.Module):
    """Flattened maps of different sizes side by side, with a ReLU behind."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b, self.fc = nn.Conv2d(1, 2, 3), nn.Conv2d(1, 3, 5), nn.Linear(2 * 16 + 3 * 4, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(F.relu(torch.cat([self.a(x).flatten(1), torch.flatten(self.b(x), 1)], -1)))


class Preactivated(nn.Module):
    """Batch norm and ReLU in front of the convolutions; the sum is never rectified on its own."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.fc = nn.Conv2d(1, 4, 3, padding=1), nn.Linear(4, 3)
        self.norms = nn.ModuleList([nn.BatchNorm2d(4) for _ in range(3)])
        self.convs = nn.ModuleList([nn.Conv2d(4, 4, 3, padding=1) for _ in range(2)])

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        for norm, conv in zip(self.norms, self.convs, strict=False):
            x = x + conv(F.relu(norm(x)))
        return self.fc(F.relu(self.norms[2](x)).mean((2, 3)))


class Padded(nn.Module):
    """Zeros on one side only: F.pad, nn.ZeroPad2d, and 'same' with an even kernel."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(2, 4, 3, stride=2), nn.Conv2d(4, 4, 4, padding="same", dilation=(1, 2))
        self.pad, self.conv3 = nn.ZeroPad2d((1, 0, 2, 1)), nn.Conv2d(4, 3, 3, padding=1, groups=1)
        self.norm, self.fc = nn.BatchNorm2d(4), nn.Linear(18, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm(F.relu(self.conv1(F.pad(x, (0, 1, 0, 1)))))
        x = F.relu(self.conv3(self.pad(F.relu(self.conv2(x)))))
        return self.fc(F.max_pool2d(F.avg_pool2d(F.pad(x, (0, 1)), (7, 1)), 1).flatten(1))


class UnevenPools(nn.Module):
    """Windows that differ in size or divisor, each in front of a linear layer."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.fc = nn.Conv2d(1, 2, 2), nn.Linear(2 * (9 + 16 + 16 + 16 + 100), 3)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.conv(x))
        pools = [
            F.adaptive_avg_pool2d(x, 3),
            F.avg_pool2d(x, 2, ceil_mode=True),
            F.avg_pool2d(x, 2, 2, 1, count_include_pad=False),
            F.avg_pool2d(x, 2, ceil_mode=True, divisor_override=3),
            F.adaptive_avg_pool2d(x, 10),
        ]
        return self.fc(torch.cat([pool.flatten(1) for pool in pools], 1))


class Stretched(nn.Module):
    """An adaptive pool that repeats pixels, as in front of the linear layers of torchvision's VGG on small images."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.fc = nn.Conv2d(1, 3, 3, 2), nn.Linear(3 * 36, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(F.adaptive_avg_pool2d(F.relu(self.conv(x)), 6).view(x.size(0), -1))


class Enlarged(nn.Module):
    """A small U-Net: maps at half and a third of the size come back by interpolation, beside the whole and added to it."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.low, self.point = nn.Conv2d(1, 4, 3, padding=1), nn.Conv2d(4, 6, 2, 2), nn.Conv2d(6, 4, 1)
        self.last, self.fc = nn.Conv2d(10, 5, 3), nn.Linear(5, 3)

    def forward(self, x: Tensor) -> Tensor:
        whole = F.relu(self.stem(x))
        low = F.relu(self.low(whole))
        wide = F.interpolate(low, scale_factor=2, mode="bilinear", align_corners=True)
        mean = F.interpolate(F.adaptive_avg_pool2d(low, 1), size=x.shape[2:], mode="bilinear")
        total = F.relu(whole + self.point(wide + mean))
        return self.fc(F.relu(self.last(torch.cat([total, wide], 1))).mean((2, 3)))


class Blurred(nn.Module):
    """BlurPool in front of a convolution, and an average that counts only what is there in front of another."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second, self.third = (
            nn.Conv2d(1, 4, 3, padding=1),
            nn.Conv2d(4, 4, 3, padding=1),
            nn.Conv2d(4, 5, 1),
        )
        taps = torch.tensor([1.0, 2.0, 1.0])
        self.register_buffer("kernel", taps.outer(taps).div(16).expand(4, 1, 3, 3).clone())
        self.pool, self.fc = nn.AvgPool2d(3, 1, 1, count_include_pad=False), nn.Linear(5, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = F.conv2d(F.pad(F.relu(self.first(x)), (1, 1, 1, 1), "reflect"), self.kernel, stride=2, groups=4)
        return self.fc(F.relu(self.third(self.pool(F.relu(self.second(x))))).mean((2, 3)))


class LinearSteps(nn.Module):
    """Steps that are linear and no layers."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.fc = nn.Conv2d(1, 4, 3, padding=1), nn.Linear(36, 3)
        draw = torch.Generator().manual_seed(0)
        self.register_buffer("pixels", torch.randn(6, 6, generator=draw))
        self.register_buffer("channels", torch.randn(3, 4, generator=draw))

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(torch.matmul(self.pixels, F.relu(self.conv(x))))
        x = F.relu(torch.einsum("oc,nchw->nohw", self.channels, x)).cumsum(3) * 0.25
        return self.fc((F.relu(x).mean(1) * self.pixels).flatten(1))


class Decoder(nn.Module):
    """Transposed convolutions with output padding, groups and dilation, and nearest upsampling."""

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.Conv2d(1, 4, 3, 2)
        self.up1 = nn.ConvTranspose2d(4, 6, 3, 2, 1, output_padding=1, groups=2)
        self.up2 = nn.ConvTranspose2d(6, 2, 2, dilation=2, bias=False)
        self.grow, self.conv = nn.Upsample(scale_factor=2), nn.Conv2d(2, 3, 3, padding=1)
        self.last, self.fc = nn.Conv2d(3, 2, 3, 2), nn.Linear(2 * 9 * 9, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.up2(F.relu(self.up1(F.relu(self.down(x))))))
        x = F.relu(self.conv(F.interpolate(x, scale_factor=2, mode="nearest")))
        return self.fc(F.relu(self.last(F.interpolate(F.avg_pool2d(x, 2), size=(20, 20)))).flatten(1))


class Sequences(nn.Module):
    """Conv1d with groups, dilation and stride, batch norm, average and global pooling along the length."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.norm = nn.Conv1d(3, 6, 5, padding="same"), nn.BatchNorm1d(6)
        self.conv2 = nn.Conv1d(6, 6, 3, stride=2, groups=3, dilation=2)
        self.conv3, self.fc = nn.Conv1d(6, 4, 4, padding="same"), nn.Linear(4, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.norm(self.conv1(x)))
        x = F.relu(self.conv2(F.avg_pool1d(x, 2)))
        return self.fc(F.relu(self.conv3(F.pad(x, (1, 0)))).mean(-1))


class Differences(nn.Module):
    """One branch minus the other, and a bias-only branch whose weights are all zero."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b, self.fc = nn.Conv2d(1, 3, 3), nn.Conv2d(1, 3, 3), nn.Linear(48, 3)
        self.biased = nn.Conv2d(1, 3, 3)
        nn.init.zeros_(self.biased.weight)

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(F.relu(self.a(x)) - F.relu(self.b(x)) + self.biased(x))
        return self.fc(y.reshape(x.shape[0], -1))


class Unrectified(nn.Module):
    """Layers without a ReLU between them: merged."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.point, self.conv2 = nn.Conv2d(1, 4, 3), nn.Conv2d(4, 3, 1), nn.Conv2d(3, 4, 3, padding=1)
        self.fc1, self.fc2 = nn.Linear(16, 6), nn.Linear(6, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(F.avg_pool2d(self.point(self.conv1(x)), 2))
        x = self.conv2(x).mean((2, 3), keepdim=True)
        x = torch.cat([x, x, x, x], 1).squeeze()
        return self.fc2(self.fc1(x.view(-1, 16)))


class Shared(nn.Module):
    """One ReLU, one pool and one batch norm module that are called again and again."""

    def __init__(self) -> None:
        super().__init__()
        self.relu, self.pool, self.norm = nn.ReLU(inplace=True), nn.MaxPool2d(2), nn.BatchNorm2d(3)
        self.conv1, self.conv2, self.fc = nn.Conv2d(1, 3, 3, padding=1), nn.Conv2d(3, 3, 3, padding=1), nn.Linear(12, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.pool(self.relu(self.norm(self.conv1(x))))
        x = self.pool(self.relu(self.norm(self.conv2(x))))
        return self.fc(torch.flatten(x, 1))


class Leaks(nn.Module):
    """LeakyReLU as module and function, and a PReLU of one slope."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2, self.conv3 = nn.Conv2d(1, 3, 3), nn.Conv2d(3, 3, 3), nn.Conv2d(3, 3, 1)
        self.leaky, self.prelu, self.fc = nn.LeakyReLU(0.2), nn.PReLU(), nn.Linear(12, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = F.leaky_relu(self.conv2(self.leaky(self.conv1(x))), 0.1)
        return self.fc(F.max_pool2d(self.prelu(self.conv3(x)), 2).flatten(1))


class SignedMaximum(nn.Module):
    """A max pool whose result goes through a batch norm with scales of both signs before any ReLU."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.pool, self.norm, self.fc = (
            nn.Conv2d(1, 4, 3),
            nn.MaxPool2d(2),
            nn.BatchNorm2d(4),
            nn.Linear(36, 3),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(F.relu(self.norm(self.pool(self.conv(x)))).flatten(1))


def _separable() -> nn.Module:
    """Depthwise and pointwise without an activation between: too dear to merge, values of both signs are sent."""
    first = (nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1, groups=8))
    return seq(*first, nn.Conv2d(8, 64, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 3))


def _inverted() -> nn.Module:
    stem = (nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU6(), InvertedResidual(4, 4, 1, 3))
    end = (nn.Conv2d(6, 8, 1), nn.ReLU6(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 3))
    return seq(*stem, InvertedResidual(4, 4, 1, 3), InvertedResidual(4, 6, 2, 3), *end)


def _dense() -> nn.Module:
    head = (nn.BatchNorm2d(12), nn.ReLU(), nn.Conv2d(12, 6, 1), nn.AvgPool2d(2), DenseLayer(6, 4))
    end = (nn.BatchNorm2d(10), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(10, 3))
    return seq(nn.Conv2d(1, 4, 3, padding=1), DenseLayer(4, 4), DenseLayer(8, 4), *head, *end)


def _inception() -> nn.Module:
    return seq(Inception._conv(1, 4, 3), Inception(4, 4), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(20, 3))


BLOCKS: dict[str, Case] = {
    "clipped ReLUs": Case(Clipped, (2, 8, 8), "ReLU6, clamp(0, a), hardtanh(0, a)"),
    "max pools": Case(MaxPools, (1, 14, 14), "max pooling: padding, overlap, ceil_mode, before a ReLU, adaptive"),
    "max of averages": Case(MaxOfAverages, (1, 10, 10), "max pooling of averages, amax"),
    "concatenation": Case(Concatenated, (2, 6, 6), "torch.cat, batch norm behind it, groups that span parts"),
    "concatenation of sums": Case(SidesOfSums, (2, 6, 6), "torch.cat of currents: one population with slices"),
    "flat concatenation": Case(FlatConcatenated, (1, 6, 6), "torch.cat of flattened maps"),
    "dense block": Case(_dense, (1, 6, 6), "DenseNet: concatenation of sums, pre-activation, transition"),
    "inception block": Case(_inception, (1, 6, 6), "Inception: four branches, one a max pool"),
    "inverted residual": Case(_inverted, (1, 6, 6), "MobileNetV2: depthwise, ReLU6, linear bottlenecks"),
    "pre-activation residual": Case(Preactivated, (1, 6, 6), "batch norm and ReLU before the layers, sums of many"),
    "one-sided padding": Case(Padded, (2, 9, 9), "F.pad, ZeroPad2d, 'same' with even kernels, dilation"),
    "uneven pools": Case(UnevenPools, (1, 8, 8), "adaptive, ceil_mode, count_include_pad, divisor_override"),
    "stretched pool": Case(Stretched, (1, 7, 7), "an adaptive pool to more pixels; view(x.size(0), -1)"),
    "enlarged by interpolation": Case(
        Enlarged,
        (1, 6, 6),
        "bilinear both ways to align, of a factor and to the size of another map; feature pyramid, concatenation",
    ),
    "blurred pools": Case(
        Blurred, (1, 9, 9), "reflected borders and one binomial kernel, stride 2; averages that count what is there"
    ),
    "linear steps": Case(
        LinearSteps, (1, 6, 6), "matmul, einsum, cumulative sums, means of channels, weights for each pixel"
    ),
    "decoder": Case(Decoder, (1, 9, 9), "ConvTranspose2d: output padding, groups, dilation; nearest upsampling"),
    "sequences": Case(Sequences, (3, 16), "Conv1d: groups, dilation, stride, even 'same'; pooling along the length"),
    "differences": Case(Differences, (1, 6, 6), "subtraction, a layer of nothing but biases, reshape(x.shape[0], -1)"),
    "no ReLU between": Case(Unrectified, (1, 8, 8), "affine layers and pools merged"),
    "shared modules": Case(Shared, (1, 8, 8), "ReLU, pool and batch norm modules called twice, in place"),
    "softmax at the end": Case(
        lambda: seq(nn.Flatten(), nn.Linear(8, 5), nn.ReLU(), nn.Linear(5, 3), nn.Softmax(dim=-1)), (2, 2, 2), "softmax"
    ),
    "max pool at the end": Case(
        lambda: seq(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.AdaptiveMaxPool2d(1), nn.Flatten()),
        (1, 6, 6),
        "ends in a maximum",
    ),
}

SIGNED: dict[str, Case] = {
    "leaky ReLUs": Case(Leaks, (1, 8, 8), "LeakyReLU, PReLU: spikes of both signs"),
    "separable convolution": Case(_separable, (1, 8, 8), "depthwise and pointwise without a ReLU: signed spikes"),
    "signed maximum": Case(SignedMaximum, (1, 8, 8), "max pooling of values of both signs"),
}
