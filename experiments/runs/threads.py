"""Threads of torch while the engines' own are at work."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet_threads() -> Iterator[None]:
    """One thread for torch in the block: its pool gets in the way of the engines' own, and bytes would depend on its size."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
