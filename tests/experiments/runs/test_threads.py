"""Threads are put back."""

from pathlib import Path

from spikewright.experiments.studies.study import run_study
from tests.experiments.studies.small_study import small


def test_the_user_s_threads_are_put_back(tmp_path: Path) -> None:
    import torch

    torch.set_num_threads(2)
    try:
        run_study(small(conversions=[]), tmp_path)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(1)
