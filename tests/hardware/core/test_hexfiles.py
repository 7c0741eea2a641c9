"""Words as lines of hex, and back."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright import InvalidFile
from spikewright.hardware.core.hexfiles import hex_text, hex_values
from spikewright.hardware.core.schema_parts import CoreMemory


@given(st.integers(1, 64), st.booleans(), st.lists(st.integers(-(2**63), 2**64 - 1), min_size=1, max_size=9))
def test_hex_words_come_back(bits: int, signed: bool, drawn: list[int]) -> None:
    bits = bits if signed else min(bits, 63)
    half = 2 ** (bits - 1) if signed else 0
    values = np.array([value % 2**bits - half for value in drawn], dtype=np.int64)
    text = hex_text(values, bits)
    memory = CoreMemory(file="memories/a.mem", shape=[len(drawn)], bits=bits, signed=signed, sha256="0" * 64)
    back = hex_values(text, memory)
    assert text.endswith(b"\n") and np.array_equal(back.astype(np.int64), values)


def test_hex_by_eye() -> None:
    assert hex_text(np.array([-1, 5, -8]), 4) == b"f\n5\n8\n"
    assert hex_text(np.array([[300], [1]]), 10) == b"12c\n001\n"


def test_words_that_are_no_hex_or_too_wide(folder: Path) -> None:
    memory = CoreMemory(file="memories/a.mem", shape=[2], bits=3, signed=True, sha256="0" * 64)
    for text in (b"g\n1\n", b"1\n2 ", b"8\n1\n", b"F\n1\n"):
        with pytest.raises(InvalidFile, match=r"memories/a\.mem"):
            hex_values(text, memory)
