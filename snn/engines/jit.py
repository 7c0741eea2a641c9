"""Numba's options, in one place. Kernels are serial and release the interpreter lock; threads are in `snn.engines.threads`."""

from collections.abc import Callable
from typing import Any

import numba

OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """A kernel, or a helper that kernels call."""
    kernel: Callable[..., Any] = numba.njit(function, **OPTIONS)
    return kernel


def inlined(function: Callable[..., Any]) -> Callable[..., Any]:
    """A helper that becomes part of its caller: for inner loops, where passing arrays costs more than the work."""
    kernel: Callable[..., Any] = numba.njit(function, inline="always", **OPTIONS)
    return kernel
