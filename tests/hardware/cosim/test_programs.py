"""Programs that are missing, too old or fail are told with what to do."""

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from spikewright import SpikewrightError
from spikewright.hardware.cosim import programs


def test_a_missing_program_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs.shutil, "which", lambda _: None)
    assert programs.found("iverilog") is None
    with pytest.raises(SpikewrightError, match="expected iverilog on the path, got none; try apt-get install iverilog"):
        programs.need("iverilog", "iverilog")


@pytest.mark.parametrize(("said", "fits"), [("Tool 5.006 2023", True), ("Tool 4.038", False), ("what?", False)])
def test_an_old_program_is_refused(said: str, fits: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = tmp_path / "tool"
    tool.write_text(f"#!/bin/sh\necho '{said}'\n")
    tool.chmod(0o755)
    monkeypatch.setattr(programs.shutil, "which", lambda _: str(tool))
    if fits:
        assert programs.need_version("tool", "tool", "5.006") == str(tool)
    else:
        with pytest.raises(SpikewrightError, match=r"expected tool 5.006 or later, got .*; try apt-get install tool"):
            programs.need_version("tool", "tool", "5.006")


@pytest.mark.parametrize(
    ("name", "said", "asked"),
    [
        ("iverilog", "Icarus Verilog version 10.3 (stable)", programs.need_icarus),
        ("yosys", "Yosys 0.9", programs.need_yosys),
    ],
)
def test_old_simulators_and_synthesisers_are_refused(
    name: str, said: str, asked: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / name
    tool.write_text(f"#!/bin/sh\necho '{said}'\necho more\n")
    tool.chmod(0o755)
    monkeypatch.setattr(programs.shutil, "which", lambda _: str(tool))
    with pytest.raises(
        SpikewrightError, match=rf"expected {name} [0-9.]+ or later, got {re.escape(said)}; try apt-get"
    ):
        asked()


def test_a_program_that_fails_is_quoted(tmp_path: Path) -> None:
    assert programs.call([sys.executable, "-c", "print(3)"], tmp_path) == "3\n"
    with pytest.raises(SpikewrightError, match=r"to succeed, got: no such thing"):
        programs.call([sys.executable, "-c", "import sys; sys.exit('no such thing')"], tmp_path)
