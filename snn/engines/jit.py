"""Numba's options, in one place.

Threads: Numba's OpenMP layer shares its pool with torch's, changes torch's thread count, and its waiting threads spin;
beside torch on a busy machine the kernels then run several times slower. The work queue does none of that. It serves
one caller at a time, which `ONE_AT_A_TIME` sees to. NUMBA_THREADING_LAYER in the environment overrides the choice.
"""

import os
import threading
from collections.abc import Callable
from typing import Any

import numba

if "NUMBA_THREADING_LAYER" not in os.environ:
    numba.config.THREADING_LAYER = "workqueue"  # type: ignore[attr-defined]

ONE_AT_A_TIME = threading.Lock()
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
