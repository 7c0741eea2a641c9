"""How many threads torch computes with: one for small networks, so that the same seed gives the same bytes everywhere.

Sums of gradients, and of wide layers, are split among threads and round differently with another number of them. A small network
is faster on one thread too: what a layer has to do is less than what it takes to wake the others. For a large one the
number of threads is what the user chose, and part of what its bytes depend on.
"""

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

SMALL_MULTIPLICATIONS = 10_000_000
"""Most multiplications for one image of a small network: LeNet of 64 channels has 4 million, ResNet-20 and VGG-7 40 million."""

_BY_WEIGHT = frozenset("conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d linear".split())
_PRODUCTS = {"matmul": 0, "__matmul__": 0, "mm": 0, "bmm": 0, "addmm": 1}
"""Which argument has the summed axis last."""


@contextmanager
def steady_threads(model: nn.Module | None, images: torch.Tensor | None) -> Iterator[int]:
    """Inside the block torch has one thread if `model` is small, else the user's number; yields it, and puts it back after.

    Small: at most `SMALL_MULTIPLICATIONS` for the first of `images (n, ...)`, counted in a forward pass of a copy in evaluation
    mode. Without images there is nothing to weigh: one thread. A model that is not on the CPU leaves the number as it is.
    """
    if model is not None and any(value.device.type != "cpu" for value in model.parameters()):
        yield torch.get_num_threads()
        return
    with steady_while(lambda: None if model is None or images is None else _once(model, images)) as count:
        yield count


@contextmanager
def steady_while(run: Callable[[], Any], *, steps: int = 1) -> Iterator[int]:
    """As `steady_threads`, for the multiplications in `run()`, which is called once and does the work of `steps` steps.

    What it raises is left to the block to raise.
    """
    before = torch.get_num_threads()
    count = 1 if before == 1 or multiplications(run) <= steps * SMALL_MULTIPLICATIONS else before
    torch.set_num_threads(count)
    try:
        yield count
    finally:
        torch.set_num_threads(before)


def multiplications(run: Callable[[], Any]) -> int:
    """How many multiplications the convolutions and matrix products in `run()` take, of modules and functions alike."""
    with torch.no_grad(), torch.random.fork_rng(devices=[]), _Count() as count:
        try:
            run()
        except Exception:  # a bad input is told by the work itself, in its own words
            pass
    return int(count.done)


def _once(model: nn.Module, images: torch.Tensor) -> None:
    """On a copy: what a model counts or keeps in a forward pass is not ours to change."""
    copy.deepcopy(model).eval()(images[:1].detach().clone())


class _Count(TorchFunctionMode):
    """Adds up the multiplications of what torch is asked for."""

    done: int = 0

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        name = getattr(func, "__name__", "")
        if isinstance(out, torch.Tensor) and len(args) > 1 and isinstance(args[1], torch.Tensor):
            if name in _BY_WEIGHT and args[1].ndim:
                self.done += out.numel() * (args[1].numel() // max(1, args[1].shape[0]))
            elif name in _PRODUCTS and args[_PRODUCTS[name]].ndim:
                self.done += out.numel() * args[_PRODUCTS[name]].shape[-1]
        return out
