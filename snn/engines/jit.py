"""Numba's options, in one place."""

from collections.abc import Callable
from typing import Any

import numba

OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """A helper that other kernels call."""
    kernel: Callable[..., Any] = numba.njit(function, inline="never", **OPTIONS)
    return kernel


def inlined(function: Callable[..., Any]) -> Callable[..., Any]:
    """A helper that becomes part of its caller: for inner loops, where passing arrays costs more than the work."""
    kernel: Callable[..., Any] = numba.njit(function, inline="always", **OPTIONS)
    return kernel


def parallel(function: Callable[..., Any]) -> Callable[..., Any]:
    """A kernel whose outer `prange` runs over samples; samples never share anything that is written."""
    kernel: Callable[..., Any] = numba.njit(function, parallel=True, **OPTIONS)
    return kernel
