"""Memory: a process may have what the machine has."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from spikewright.experiments.cli import memory
from spikewright.experiments.cli.memory import is_lack_of_memory, memory_bytes


def test_a_container_may_have_less_than_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = memory_bytes()
    for content, limit in (("1000\n", 1000), ("max\n", None), ("99999999999999999", None)):
        (tmp_path / "limit").write_text(content)
        monkeypatch.setattr(memory, "CGROUPS", (tmp_path / "limit", tmp_path / "none"))
        assert memory_bytes() == (limit or max(memory_bytes(), whole))


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such limit")
def test_more_than_there_is_becomes_an_error() -> None:
    code = (
        "from spikewright.experiments.cli.memory import hold_to_memory, memory_bytes\n"
        "hold_to_memory(); hold_to_memory()\n"
        "try: bytearray(memory_bytes() + 2**20)\n"
        "except MemoryError: print('refused')"
    )
    root = Path(__file__).parents[3]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True).stdout == "refused\n"


def test_lack_of_memory_is_known_by_type_and_words() -> None:
    assert is_lack_of_memory(MemoryError()) and is_lack_of_memory(RuntimeError("CUDA out of memory"))
    assert not is_lack_of_memory(RuntimeError("shape")) and not is_lack_of_memory(ValueError("out of memory"))


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such limit")
def test_a_model_that_does_not_fit_is_a_sentence(tmp_path: Path) -> None:
    """A whole command, in a process of its own: without the limit the system would give the memory, and end it later."""
    (tmp_path / "theirs.py").write_text(
        f"import torch\ndef huge(): return torch.empty({memory_bytes() + 2**20}, dtype=torch.int8)\n"
    )
    command = [sys.executable, "-c", "import sys; from spikewright.command import main; sys.exit(main())"]
    told = ["train", "--model", "theirs:huge", "--epochs", "1", "--quiet"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    done = subprocess.run([*command, *told], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "memory" in done.stderr, done.stderr
