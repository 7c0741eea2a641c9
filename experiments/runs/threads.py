"""How many threads a cell may use: one of torch, and as many of the engines' kernels as its share of the processors."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

KERNELS = "NUMBA_NUM_THREADS"
"""Where the engines read how many threads they may use, unless `snn.set_threads` was called."""
TORCH = "OMP_NUM_THREADS"
"""Where torch reads it when it is loaded."""


@contextmanager
def quiet_threads(kernels: int | None = None) -> Iterator[None]:
    """One thread for torch in the block: its pool gets in the way of the engines' own, and bytes would depend on its size.

    kernels: threads of the engines in the block; None: as before. A torch that is loaded in the block has one thread too.
    """
    wanted = {TORCH: "1"} | ({} if kernels is None else {KERNELS: str(kernels)})
    told = {name: os.environ.get(name) for name in wanted}
    before = _torch_threads(1)
    os.environ |= wanted
    try:
        yield
    finally:
        for name, value in told.items():
            os.environ.pop(name, None)
            os.environ |= {} if value is None else {name: value}
        _torch_threads(before or share(1))


def share(workers: int) -> int:
    """The threads of each of so many workers when they divide the processors that this process may use."""
    import joblib

    return max(1, int(joblib.cpu_count()) // workers)


def _torch_threads(count: int) -> int | None:
    """Set the threads of torch and return how many it had; None where it is not loaded."""
    torch = sys.modules.get("torch")
    if torch is None:
        return None
    before = int(torch.get_num_threads())
    torch.set_num_threads(count)
    return before
