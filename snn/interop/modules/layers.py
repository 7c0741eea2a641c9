"""What each torch layer between two layers of neurons does to the chain that reads it. A new layer is its rule and its line in
`BETWEEN_NEURONS`; a class that is derived from a known one means the same (the tool says so, see `libraries`)."""

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.modules.batchnorm import _BatchNorm

from spikewright import InvalidNetwork
from spikewright.snn.interop.chain import OpenProjection
from spikewright.snn.interop.modules import weighted_layers as weighted
from spikewright.snn.interop.modules.chain import Average, ChannelPart, Factor, Flat, ModuleChain, Op, pair
from spikewright.snn.synapses import Upsample

LayerRule = Callable[[ModuleChain, str, Any], None]


def through_layers(chain: ModuleChain, ops: tuple[Op, ...]) -> OpenProjection:
    """All ops in order. Raises InvalidNetwork with the name of the one that has no counterpart."""
    for name, layer in ops:
        rule = _nothing if is_idle(layer) else _rule(layer)
        if rule is None:
            raise InvalidNetwork(f"{name!r}: a {type(layer).__name__} has no counterpart between two layers of neurons")
        try:
            rule(chain, name, layer)
        except InvalidNetwork as error:
            raise InvalidNetwork(f"{name!r}: {error}") from error
    return chain.finished()


def is_idle(layer: Any) -> bool:
    """Dropout, torch's and SpikingJelly's own: in evaluation mode it does nothing."""
    return type(layer).__name__ in ("Dropout", "Dropout1d", "Dropout2d", "AlphaDropout")


def _rule(layer: Any) -> LayerRule | None:
    """The rule of the nearest class that `layer` is derived from."""
    named = _BY_NAME.get(type(layer).__name__)
    return named or next((BETWEEN_NEURONS[kind] for kind in type(layer).__mro__ if kind in BETWEEN_NEURONS), None)


def _average(chain: ModuleChain, name: str, layer: nn.AvgPool2d) -> None:
    if layer.ceil_mode or layer.divisor_override or np.any(layer.padding):
        raise InvalidNetwork("expected an average without padding, ceil_mode and divisor_override")
    _pool(chain, layer.kernel_size, layer.stride, average=True)


def _windows(chain: ModuleChain, name: str, layer: Average) -> None:
    _pool(chain, layer.kernel_size, layer.stride, average=True)


def _sum(chain: ModuleChain, name: str, layer: nn.LPPool2d) -> None:
    """sinabs' SumPool2d is torch's LPPool2d with p = 1."""
    if layer.norm_type != 1 or layer.ceil_mode:
        raise InvalidNetwork("expected sums over windows (p = 1) without ceil_mode")
    _pool(chain, layer.kernel_size, layer.stride, average=False)


def _pool(chain: ModuleChain, kernel_size: Any, given_stride: Any, *, average: bool) -> None:
    kernel = pair(kernel_size)
    stride = kernel if given_stride is None else pair(given_stride)
    chain.pool(kernel, stride, average=average)
    chain.pass_on(lambda x: F.avg_pool2d(x, kernel, stride, divisor_override=None if average else 1))


def _adaptive(chain: ModuleChain, name: str, layer: nn.AdaptiveAvgPool2d) -> None:
    wanted: Any = pair(layer.output_size)
    if len(chain.shape) != 3 or any(size % out for size, out in zip(chain.shape[1:], wanted, strict=True)):
        raise InvalidNetwork(f"expected windows of one size, got {chain.shape} to {wanted}")
    rows, columns = (size // out for size, out in zip(chain.shape[1:], wanted, strict=True))
    if (rows, columns) != (1, 1):
        _pool(chain, (rows, columns), None, average=True)


def _upsample(chain: ModuleChain, name: str, layer: nn.Upsample) -> None:
    """Nearest upsampling by whole factors."""
    factor: Any = layer.scale_factor
    factors = tuple(factor) if isinstance(factor, tuple | list) else (factor, factor)
    if any(value is None or value != int(value) for value in factors):
        raise InvalidNetwork(f"expected whole factors of upsampling, got {factor}")
    if layer.mode != "nearest" or chain.synapse is not None or chain.window != (1, 1) or len(chain.shape) != 3:
        raise InvalidNetwork("expected nearest upsampling right behind neurons")
    rows, columns = pair(factors)
    chain.synapse = Upsample((rows, columns))
    chain.shape = (chain.shape[0], chain.shape[1] * rows, chain.shape[2] * columns)
    chain.pass_on(lambda x: x.repeat_interleave(rows, 2).repeat_interleave(columns, 3))


def _flatten(chain: ModuleChain, name: str, layer: nn.Flatten) -> None:
    """Behind weights that already make one axis it says nothing."""
    if len(chain.shape) > 1:
        chain.flatten()


def _view(chain: ModuleChain, name: str, layer: Flat) -> None:
    """A flattening that may name the size that it expects."""
    size = prod(chain.shape)
    if layer.size not in (None, -1, size * (chain.part.total if chain.part else 1)):
        raise InvalidNetwork(f"expected all {size} values in one axis, got {layer.size}")
    if len(chain.shape) > 1:
        chain.flatten()


def _factor(chain: ModuleChain, name: str, layer: Factor) -> None:
    value = np.asarray(layer.value, dtype=np.float64)
    chain.scale(value)
    chain.pass_on(lambda x: x * torch.from_numpy(np.atleast_1d(value)))


def _scaler(chain: ModuleChain, name: str, layer: Any) -> None:
    """SpikingJelly's VoltageScaler and ChannelVoltageScaler, which its converter puts around neurons: x scale."""
    scale = layer.scale.detach().double().cpu()
    if scale.ndim and layer.channel_dim not in (1, -len(chain.shape)):
        raise InvalidNetwork(f"expected a scale for each channel (channel_dim=1), got channel_dim={layer.channel_dim}")
    column = scale.reshape(-1, *[1] * (len(chain.shape) - 1)) if scale.ndim else scale
    chain.scale(weighted.reals(column))
    chain.pass_on(lambda x: x * column)


def _part(chain: ModuleChain, name: str, layer: ChannelPart) -> None:
    if chain.part is not None or chain.flat:
        raise InvalidNetwork("expected one concatenation of channels in front of the next weights")
    chain.part = layer


def _nothing(chain: ModuleChain, name: str, layer: Any) -> None:
    """Dropout in evaluation mode, and what only looks like a layer."""


_BY_NAME: dict[str, LayerRule] = {"VoltageScaler": _scaler, "ChannelVoltageScaler": _scaler}
"""Layers of other packages, which are not imported here."""
BETWEEN_NEURONS: dict[type, LayerRule] = {
    nn.Linear: weighted.linear,
    nn.Conv1d: weighted.conv1d,
    nn.Conv2d: weighted.conv2d,
    nn.ConvTranspose2d: weighted.transposed,
    _BatchNorm: weighted.batch_norm,
    nn.AvgPool2d: _average,
    nn.AdaptiveAvgPool2d: _adaptive,
    nn.LPPool2d: _sum,
    nn.Upsample: _upsample,
    nn.Flatten: _flatten,
    nn.Identity: _nothing,
    Average: _windows,
    Flat: _view,
    Factor: _factor,
    ChannelPart: _part,
}
