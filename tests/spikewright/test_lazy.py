"""Packages whose names are loaded when they are asked for."""

import subprocess
import sys
from pathlib import Path

import pytest

from spikewright import robustness
from spikewright.lazy import lazily
from spikewright.robustness import ATTACKS
from spikewright.robustness.attacks.base import Attack
from spikewright.robustness.attacks.fgsm import FGSM


def test_names_come_from_their_modules_and_tables() -> None:
    find = lazily("spikewright.robustness", {"attacks.base": ["Attack"]}, [ATTACKS])
    assert find("Attack") is Attack and find("FGSM") is FGSM
    with pytest.raises(AttributeError, match=r"module 'spikewright.robustness' has no attribute 'Rain'"):
        find("Rain")


def test_every_name_that_a_lazy_package_lists_is_there() -> None:
    for name in robustness.__all__:
        assert getattr(robustness, name) is not None


def test_a_table_loads_nothing_heavy() -> None:
    code = "import sys; from spikewright.robustness import ATTACKS; print(*ATTACKS, 'torch' in sys.modules)"
    root = Path(__file__).parents[2]
    shown = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True).stdout
    assert shown.split() == [*ATTACKS, "False"]
