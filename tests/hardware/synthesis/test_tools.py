"""Programs are found on the path or as wheels; a missing or an old one says what to install."""

from pathlib import Path

import pytest

from spikewright import SpikewrightError
from spikewright.hardware.synthesis import tools
from spikewright.hardware.synthesis.tools import PROGRAMS, Program, available, tool


@pytest.fixture(autouse=True)
def _fresh():
    tool.cache_clear()
    yield
    tool.cache_clear()


def says(folder: Path, text: str, monkeypatch) -> None:
    """A program `loom` on the path, which says `text` for any question."""
    program = folder / "loom"
    program.write_text(f"#!/bin/sh\necho '{text}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    monkeypatch.setitem(PROGRAMS, "loom", Program(("loom",), ("no_such_wheel", "run"), (0, 23), "apt-get install loom"))


def test_a_program_on_the_path_is_found_with_its_version(tmp_path, monkeypatch) -> None:
    says(tmp_path, "Loom 0.41 (made today)", monkeypatch)
    assert available("loom")
    assert tool("loom").command == (str(tmp_path / "loom"),)
    assert tool("loom").version == "Loom 0.41 (made today)"


@pytest.mark.parametrize("said", ["Loom 0.22", "Loom", ""])
def test_an_old_one_or_one_of_no_version_says_what_to_install(said, tmp_path, monkeypatch) -> None:
    says(tmp_path, said, monkeypatch)
    with pytest.raises(SpikewrightError, match=r"expected loom 0\.23 or newer, got .*; try apt-get install loom"):
        tool("loom")


def test_a_missing_one_says_what_to_install(monkeypatch) -> None:
    nothing = Program(("no-such-loom",), ("no_such_wheel", "run"), (1, 0), "apt-get install loom")
    monkeypatch.setitem(PROGRAMS, "loom", nothing)
    assert not available("loom")
    with pytest.raises(SpikewrightError, match=r"expected loom 1\.0 or newer, got none; try apt-get install loom"):
        tool("loom")


def test_a_wheel_stands_in_for_a_program(tmp_path, monkeypatch) -> None:
    (tmp_path / "loom_wheel.py").write_text("def weave(words):\n    print('Loom 2.0', *words)\n    return 0\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend(str(tmp_path))
    wheel = Program(("no-such-loom",), ("loom_wheel", "weave"), (1, 0), "")
    monkeypatch.setitem(tools.PROGRAMS, "loom", wheel)
    assert tool("loom").version == "Loom 2.0 --version"
