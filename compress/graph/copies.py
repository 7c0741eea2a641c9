"""Copies of a module that are needed for a while: to run it in other numbers, or to compare with what it was."""

import copy
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn


@contextmanager
def passing_copy(model: nn.Module, made: Callable[[torch.Tensor], torch.Tensor] | None = None) -> Iterator[Any]:
    """A copy of a module that lives as long as the `with`: its structure, with the tensors of the original.

    `made(value)` gives the floating-point parameters and buffers of the copy; without it those of the original are
    shared, which may give its layers others meanwhile, and change none of them in place. Behind the `with` the copy holds
    none, since graphs are circles, which would keep their memory until they are found.

        with passing_copy(module, lambda value: value.double()) as wide:
            wide(images.double())
    """
    held = [value for value in (*model.parameters(), *model.buffers()) if made is None or value.is_floating_point()]
    memo: dict[int, Any] = {id(value): value if made is None else _like(value, made(value.detach())) for value in held}
    with warnings.catch_warnings():
        # torch's own, of its own types, when exported programs are copied
        warnings.simplefilter("ignore", FutureWarning)
        copied = copy.deepcopy(model, memo)
    del memo
    try:
        yield copied
    finally:
        for module in copied.modules():
            module._parameters.clear()
            module._buffers.clear()


def _like(value: torch.Tensor, new: torch.Tensor) -> torch.Tensor:
    return nn.Parameter(new, value.requires_grad) if isinstance(value, nn.Parameter) else new
