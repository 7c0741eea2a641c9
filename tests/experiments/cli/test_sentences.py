"""Errors as sentences, and faults of ours as what they are."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from spikewright import InvalidInput
from spikewright.experiments.cli.sentences import sentence
from spikewright.index_maps import IndexMap


def test_errors_of_ours_are_one_line() -> None:
    assert sentence(InvalidInput("expected a,\n   got b")) == "expected a, got b"
    assert sentence(InvalidInput()) == "InvalidInput"


def test_the_system_s_reasons_are_sentences() -> None:
    assert (
        sentence(FileNotFoundError(2, "No such file", "x.npz"))
        == "expected to use x.npz, got: No such file; try another path"
    )
    assert sentence(OSError("odd")) == "expected to use, got: odd; try another path"


def test_a_lack_of_memory_is_told_whoever_finds_it() -> None:
    with pytest.raises(MemoryError) as numpy_says:
        np.zeros(2**58)
    with pytest.raises(RuntimeError) as torch_says:
        torch.empty(2**58)
    for found in (numpy_says.value, torch_says.value, MemoryError()):
        assert sentence(found).startswith("expected work that fits into the ")


def test_a_fault_of_ours_keeps_its_traceback() -> None:
    nothing: Any = None
    with pytest.raises(TypeError) as error:
        IndexMap.identity(nothing)
    ours = error.value.with_traceback(error.tb.tb_next)  # without this test's own part in it
    with pytest.raises(TypeError, match="not iterable"):
        sentence(ours)


def test_an_error_in_the_user_s_own_code_is_a_sentence_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "theirs.py"
    path.write_text("def forward(x):\n    return x.nowhere\n")
    space: dict[str, Any] = {}
    exec(compile(path.read_text(), str(path), "exec"), space)
    with pytest.raises(AttributeError) as error:
        space["forward"](3)
    told = "AttributeError: 'int' object has no attribute 'nowhere' in line 2 of theirs.py (forward)"
    assert sentence(error.value) == f"expected your own code to run, got {told}; try it in Python first"
