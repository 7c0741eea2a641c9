"""What a network computes besides linear maps, clipped ReLUs, pools and selections, seen while it runs.

This knows nothing of the project: it watches the operators that torch calls, and which of their inputs depend on the image.
"""

from collections import Counter
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten
from torch.utils.weak import WeakIdKeyDictionary

PIECEWISE = frozenset(
    (
        "relu hardtanh clamp clamp_min clamp_max leaky_relu prelu prelu_kernel max_pool2d_with_indices maximum "
        "minimum amax max_pool1d max threshold adaptive_avg_pool2d adaptive_max_pool2d"
    ).split()
)
LINEAR = frozenset(
    (
        "convolution mkldnn_convolution thnn_conv2d slow_conv2d_forward addmm mm bmm linear matmul native_batch_norm "
        "native_batch_norm_legit_no_training add sub rsub neg mul div addcmul sum mean avg_pool2d avg_pool1d "
        "upsample_nearest2d upsample_bilinear2d upsample_bicubic2d upsample_bilinear2d_aa view reshape unsafe_view "
        "reshape_alias permute transpose t slice select split split_with_sizes chunk unbind cat stack index "
        "index_select gather expand clone copy contiguous to_copy alias detach constant_pad_nd reflection_pad2d "
        "replication_pad2d pad squeeze unsqueeze flatten pixel_shuffle pixel_unshuffle channel_shuffle flip roll "
        "unfold im2col col2im empty_like zeros_like ones_like new_zeros new_empty new_ones fill zero as_strided "
        "lift_fresh repeat unflatten empty zeros ones"
    ).split()
)
PRODUCTS = frozenset("mul div bmm mm matmul addcmul convolution".split())


def functions(model: nn.Module, images: Tensor) -> Counter[str]:
    """How often each function that is neither linear in the image nor piecewise linear is called; empty for a plain network."""
    with torch.no_grad(), _Watch(images) as watch:
        model(images)
    return watch.seen


class _Watch(TorchDispatchMode):
    """`seen` counts the functions of what depends on `images`."""

    def __init__(self, images: Tensor) -> None:
        super().__init__()
        self.seen: Counter[str] = Counter()
        self._depends = WeakIdKeyDictionary({images: True})

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given = [one for one in tree_flatten((args, kwargs or {}))[0] if isinstance(one, Tensor)]
        moving = sum(one in self._depends for one in given)
        result = func(*args, **(kwargs or {}))
        if moving:
            written = func.overloadpacket.__name__
            name = written.strip("_")
            if name in PRODUCTS and moving > 1:
                self.seen["product of activations"] += 1
            elif name not in PIECEWISE and name not in LINEAR:
                self.seen[name] += 1
            for one in tree_flatten(result)[0]:
                if isinstance(one, Tensor):
                    self._depends[one] = True
            if written.endswith("_"):
                self._depends[args[0]] = True
        return result
