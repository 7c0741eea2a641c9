"""What torch's layers with weights do to a chain: products, convolutions, and batch norm in evaluation mode."""

from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.modules.batchnorm import _BatchNorm

from spikewright import InvalidNetwork
from spikewright.snn.interop.chain import Reals
from spikewright.snn.interop.modules.chain import ModuleChain
from spikewright.snn.synapses import Conv1d, Conv2d, ConvTranspose2d, Linear


def reals(tensor: torch.Tensor) -> Reals:
    """The numbers of a tensor as float64."""
    values: Reals = tensor.detach().double().cpu().numpy()
    return values


def linear(chain: ModuleChain, name: str, layer: nn.Linear) -> None:
    """A Linear, behind a Flatten where its input has several axes."""
    if not chain.flat and len(chain.shape) > 1:
        raise InvalidNetwork(f"expected a Flatten in front of a Linear on {chain.shape}")
    chain.weigh(Linear, reals(layer.weight), ())
    chain.pass_on(lambda x: F.linear(x.flatten(1), layer.weight.double()))
    chain.add(name, layer.bias)


def conv1d(chain: ModuleChain, name: str, layer: nn.Conv1d) -> None:
    """A convolution along a sequence."""
    _check_convolution(chain, layer)
    settings = (layer.stride[0], _padding(layer)[0], layer.dilation[0], layer.groups)
    chain.weigh(Conv1d, reals(layer.weight), settings)
    chain.pass_on(lambda x: F.conv1d(x, layer.weight.double(), None, *settings))
    chain.add(name, layer.bias)


def conv2d(chain: ModuleChain, name: str, layer: nn.Conv2d) -> None:
    """A convolution of images."""
    _check_convolution(chain, layer)
    settings: Any = (layer.stride, _padding(layer), layer.dilation, layer.groups)
    chain.weigh(Conv2d, reals(layer.weight), settings)
    chain.pass_on(lambda x: F.conv2d(x, layer.weight.double(), None, *settings))
    chain.add(name, layer.bias)


def _check_convolution(chain: ModuleChain, layer: nn.Conv1d | nn.Conv2d) -> None:
    if layer.padding_mode != "zeros":
        raise InvalidNetwork(f"expected a padding of zeros, got {layer.padding_mode!r}")
    if chain.flat:
        raise InvalidNetwork("expected a convolution before the Flatten, got one behind it")


def _padding(layer: Any) -> tuple[int, ...]:
    """Padding in numbers, of "same" and "valid" too."""
    if not isinstance(layer.padding, str):
        return tuple(int(size) for size in layer.padding)
    reach = [d * (k - 1) for d, k in zip(layer.dilation, layer.kernel_size, strict=True)]
    if layer.padding == "same" and any(r % 2 for r in reach):
        raise InvalidNetwork(f"expected the same padding on both sides, got 'same' with kernel {layer.kernel_size}")
    return tuple(r // 2 if layer.padding == "same" else 0 for r in reach)


def transposed(chain: ModuleChain, name: str, layer: nn.ConvTranspose2d) -> None:
    """A transposed convolution; torch has its input channels first, the record its output channels."""
    weight, groups = reals(layer.weight), layer.groups
    turned = weight.reshape(groups, -1, *weight.shape[1:]).swapaxes(1, 2)
    turned = np.ascontiguousarray(turned.reshape(-1, weight.shape[0] // groups, *weight.shape[2:]))
    settings: Any = (layer.stride, layer.padding, layer.output_padding, layer.dilation, groups)
    chain.weigh(ConvTranspose2d, turned, settings)
    order: Any = (layer.stride, layer.padding, layer.output_padding, groups, layer.dilation)
    chain.pass_on(lambda x: F.conv_transpose2d(x, layer.weight.double(), None, *order))
    chain.add(name, layer.bias)


def batch_norm(chain: ModuleChain, name: str, layer: _BatchNorm) -> None:
    """scale x + constant, from the running statistics."""
    if chain.flat and len(chain.shape) > 1:
        raise InvalidNetwork("expected weights between a Flatten and batch norm, got none")
    if chain.part is not None:
        raise InvalidNetwork("expected batch norm in front of the concatenation, got one behind it")
    scale, constant = _scale_and_constant(layer)
    chain.scale(reals(scale.reshape(-1, *[1] * (len(chain.shape) - 1))))
    chain.pass_on(lambda x: x * scale.reshape(-1, *[1] * (x.ndim - 2)))
    chain.add(name, constant)


def _scale_and_constant(layer: _BatchNorm) -> tuple[torch.Tensor, torch.Tensor]:
    """Of each channel, in float64."""
    if layer.running_mean is None or layer.running_var is None:
        raise InvalidNetwork("expected running statistics, got batch norm without; it would depend on the batch")
    scale = (layer.running_var.double() + layer.eps).rsqrt()
    scale = scale if layer.weight is None else scale * layer.weight.detach().double()
    constant = -layer.running_mean.double() * scale
    return scale, constant if layer.bias is None else constant + layer.bias.detach().double()
