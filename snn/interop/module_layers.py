"""What each torch layer between two layers of neurons does to the chain that reads it.

Besides the layers of `nir_chain`: factors, batch norm in evaluation mode (a scale and a constant, folded into the weights in
float64), transposed convolutions, nearest upsampling, and a part of a concatenation.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.modules.batchnorm import _BatchNorm

from spikewright import InvalidNetwork
from spikewright.snn.interop.module_chain import Average, Factor, Flat, ModuleChain, Op, Part, Reals
from spikewright.snn.interop.nir_chain import Step
from spikewright.snn.synapses import Conv1d, Conv2d, ConvTranspose2d, Linear, Upsample


def step_of(chain: ModuleChain, ops: tuple[Op, ...]) -> Step:
    """All ops in order. Raises InvalidNetwork with the name of the one that has no counterpart."""
    for name, layer in ops:
        kinds = (rule for kind, rule in _RULES.items() if isinstance(layer, kind))
        rule = _nothing if is_idle(layer) else _BY_NAME.get(type(layer).__name__) or next(kinds, None)
        if rule is None:
            raise InvalidNetwork(f"{name!r}: a {type(layer).__name__} has no counterpart between two layers of neurons")
        try:
            rule(chain, name, layer)
        except InvalidNetwork as error:
            raise InvalidNetwork(f"{name!r}: {error}") from error
    return chain.through([])


def is_idle(layer: Any) -> bool:
    """Dropout, torch's and SpikingJelly's own: in evaluation mode it does nothing."""
    return type(layer).__name__ in ("Dropout", "Dropout1d", "Dropout2d", "AlphaDropout")


def _number(tensor: torch.Tensor) -> Reals:
    values: Reals = tensor.detach().double().cpu().numpy()
    return values


def _pair(value: Any) -> tuple[int, int]:
    rows, columns = (value, value) if isinstance(value, int) else tuple(value)
    return int(rows), int(columns)


def _linear(chain: ModuleChain, name: str, layer: nn.Linear) -> None:
    if not chain.flat and len(chain.shape) > 1:
        raise InvalidNetwork(f"expected a Flatten in front of a Linear on {chain.shape}")
    chain.weigh(Linear, _number(layer.weight), ())
    chain.pass_on(lambda x: F.linear(x.flatten(1), layer.weight.double()))
    chain.add(name, layer.bias)


def _conv(chain: ModuleChain, name: str, layer: nn.Conv1d | nn.Conv2d) -> None:
    if layer.padding_mode != "zeros":
        raise InvalidNetwork(f"expected a padding of zeros, got {layer.padding_mode!r}")
    if chain.flat:
        raise InvalidNetwork("expected a convolution before the Flatten, got one behind it")
    padding = _padding(layer)
    two = isinstance(layer, nn.Conv2d)
    settings: tuple[Any, ...] = (layer.stride, padding, layer.dilation)
    settings = settings if two else tuple(values[0] for values in settings)
    chain.weigh(Conv2d if two else Conv1d, _number(layer.weight), (*settings, layer.groups))
    apply: Any = F.conv2d if two else F.conv1d
    chain.pass_on(lambda x: apply(x, layer.weight.double(), None, *settings, layer.groups))
    chain.add(name, layer.bias)


def _padding(layer: Any) -> tuple[int, ...]:
    if not isinstance(layer.padding, str):
        return tuple(int(size) for size in layer.padding)
    reach = [d * (k - 1) for d, k in zip(layer.dilation, layer.kernel_size, strict=True)]
    if layer.padding == "same" and any(r % 2 for r in reach):
        raise InvalidNetwork(f"expected the same padding on both sides, got 'same' with kernel {layer.kernel_size}")
    return tuple(r // 2 if layer.padding == "same" else 0 for r in reach)


def _transposed(chain: ModuleChain, name: str, layer: nn.ConvTranspose2d) -> None:
    weight, groups = _number(layer.weight), layer.groups
    turned = weight.reshape(groups, -1, *weight.shape[1:]).swapaxes(1, 2)
    turned = np.ascontiguousarray(turned.reshape(-1, weight.shape[0] // groups, *weight.shape[2:]))
    settings: Any = (layer.stride, layer.padding, layer.output_padding, layer.dilation, groups)
    chain.weigh(ConvTranspose2d, turned, settings)
    order: Any = (layer.stride, layer.padding, layer.output_padding, groups, layer.dilation)
    chain.pass_on(lambda x: F.conv_transpose2d(x, layer.weight.double(), None, *order))
    chain.add(name, layer.bias)


def _batch_norm(chain: ModuleChain, name: str, layer: _BatchNorm) -> None:
    """scale x + constant, from the running statistics."""
    if layer.running_mean is None or layer.running_var is None:
        raise InvalidNetwork("expected running statistics, got batch norm without; it would depend on the batch")
    scale = (layer.running_var.double() + layer.eps).rsqrt()
    scale = scale if layer.weight is None else scale * layer.weight.detach().double()
    constant = -layer.running_mean.double() * scale
    constant = constant if layer.bias is None else constant + layer.bias.detach().double()
    if chain.flat and len(chain.shape) > 1:
        raise InvalidNetwork("expected weights between a Flatten and batch norm, got none")
    if chain.part is not None:
        raise InvalidNetwork("expected batch norm in front of the concatenation, got one behind it")
    chain._scale(name, SimpleNamespace(scale=_number(scale.reshape(-1, *[1] * (len(chain.shape) - 1)))))
    chain.pass_on(lambda x: x * scale.reshape(-1, *[1] * (x.ndim - 2)))
    chain.add(name, constant)


def _average(chain: ModuleChain, name: str, layer: Any) -> None:
    if (
        getattr(layer, "ceil_mode", False)
        or getattr(layer, "divisor_override", None)
        or np.any(getattr(layer, "padding", 0))
    ):
        raise InvalidNetwork("expected an average without padding, ceil_mode and divisor_override")
    _pool(chain, name, layer, average=True)


def _sum(chain: ModuleChain, name: str, layer: nn.LPPool2d) -> None:
    """sinabs' SumPool2d is torch's LPPool2d with p = 1."""
    if layer.norm_type != 1 or layer.ceil_mode:
        raise InvalidNetwork("expected sums over windows (p = 1) without ceil_mode")
    _pool(chain, name, layer, average=False)


def _pool(chain: ModuleChain, name: str, layer: Any, *, average: bool) -> None:
    kernel = _pair(layer.kernel_size)
    stride = kernel if layer.stride is None else _pair(layer.stride)
    chain._pool(name, SimpleNamespace(kernel_size=kernel, stride=stride, padding=0), average=average)
    chain.pass_on(lambda x: F.avg_pool2d(x, kernel, stride, divisor_override=None if average else 1))


def _adaptive(chain: ModuleChain, name: str, layer: nn.AdaptiveAvgPool2d) -> None:
    wanted = _pair(layer.output_size)
    if len(chain.shape) != 3 or any(size % out for size, out in zip(chain.shape[1:], wanted, strict=True)):
        raise InvalidNetwork(f"expected windows of one size, got {chain.shape} to {wanted}")
    rows, columns = (size // out for size, out in zip(chain.shape[1:], wanted, strict=True))
    if (rows, columns) != (1, 1):
        _pool(chain, name, Average((rows, columns)), average=True)


def _upsample(chain: ModuleChain, name: str, layer: nn.Upsample) -> None:
    rows, columns = _pair_or_whole(layer.scale_factor)
    if layer.mode != "nearest" or chain.synapse is not None or chain.pool != (1, 1) or len(chain.shape) != 3:
        raise InvalidNetwork("expected nearest upsampling right behind neurons")
    chain.synapse = Upsample((rows, columns))
    chain.shape = (chain.shape[0], chain.shape[1] * rows, chain.shape[2] * columns)
    chain.pass_on(lambda x: x.repeat_interleave(rows, 2).repeat_interleave(columns, 3))


def _pair_or_whole(factor: Any) -> tuple[int, int]:
    pair = tuple(factor) if isinstance(factor, tuple | list) else (factor, factor)
    if any(value is None or value != int(value) for value in pair):
        raise InvalidNetwork(f"expected whole factors of upsampling, got {factor}")
    return int(pair[0]), int(pair[1])


def _flatten(chain: ModuleChain, name: str, layer: Any) -> None:
    """Behind weights that already make one axis it says nothing."""
    size = int(np.prod(chain.shape))
    if isinstance(layer, Flat) and layer.size not in (None, -1, size * (chain.part.total if chain.part else 1)):
        raise InvalidNetwork(f"expected all {size} values in one axis, got {layer.size}")
    if len(chain.shape) > 1:
        chain._flatten(name, layer)


def _factor(chain: ModuleChain, name: str, layer: Factor) -> None:
    value = np.asarray(layer.value, dtype=np.float64)
    chain._scale(name, SimpleNamespace(scale=value))
    chain.pass_on(lambda x: x * torch.from_numpy(np.atleast_1d(value)))


def _scaler(chain: ModuleChain, name: str, layer: Any) -> None:
    """SpikingJelly's VoltageScaler and ChannelVoltageScaler, which its converter puts around neurons: x scale."""
    scale = layer.scale.detach().double().cpu()
    if scale.ndim and layer.channel_dim not in (1, -len(chain.shape)):
        raise InvalidNetwork(f"expected a scale for each channel (channel_dim=1), got channel_dim={layer.channel_dim}")
    column = scale.reshape(-1, *[1] * (len(chain.shape) - 1)) if scale.ndim else scale
    chain._scale(name, SimpleNamespace(scale=_number(column)))
    chain.pass_on(lambda x: x * column)


def _part(chain: ModuleChain, name: str, layer: Part) -> None:
    if chain.part is not None or chain.flat:
        raise InvalidNetwork("expected one concatenation of channels in front of the next weights")
    chain.part = layer


def _nothing(chain: ModuleChain, name: str, layer: Any) -> None:
    """Dropout in evaluation mode, and what only looks like a layer."""


_BY_NAME: dict[str, Callable[[ModuleChain, str, Any], None]] = {
    "VoltageScaler": _scaler,
    "ChannelVoltageScaler": _scaler,
}
"""Layers of other packages, which are not imported here."""
_RULES: dict[Any, Callable[[ModuleChain, str, Any], None]] = {
    nn.Linear: _linear,
    nn.Conv1d: _conv,
    nn.Conv2d: _conv,
    nn.ConvTranspose2d: _transposed,
    _BatchNorm: _batch_norm,
    nn.AvgPool2d: _average,
    Average: _average,
    nn.AdaptiveAvgPool2d: _adaptive,
    nn.LPPool2d: _sum,
    nn.Upsample: _upsample,
    nn.Flatten: _flatten,
    Flat: _flatten,
    Factor: _factor,
    Part: _part,
    nn.Identity: _nothing,
}
