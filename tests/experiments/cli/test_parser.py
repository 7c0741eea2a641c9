"""The parser: --help of every command at once, with an example and the names of its tables; and what it refuses, in one line."""

import subprocess
import sys
from pathlib import Path

import pytest

from spikewright.experiments.cli import main
from spikewright.experiments.cli.parser import commands, read_arguments

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("command", commands())
def test_help_shows_an_example_and_a_seed(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([command, "--help"])
    assert stopped.value.code == 0
    shown = capsys.readouterr().out
    assert f"example:\n  spikewright {command}" in shown and "--seed" in shown


def test_help_is_instant() -> None:
    """It loads this project's own files and what lays out a page of text, and nothing that takes time."""
    code = (
        "import sys\n"
        "from spikewright.experiments.cli import main\n"
        "try: main(['train', '--help'])\n"
        "except SystemExit: pass\n"
        "print(*{name.partition('.')[0] for name in sys.modules} - {*sys.stdlib_module_names})"
    )
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    loaded = {name for name in shown.splitlines()[-1].split() if not name.startswith(("_", "sitecustom"))}
    assert loaded <= {"experiments", "spikewright", "rich", "rich_argparse", "pygments", "markdown_it", "mdurl"}


def refused(line: str, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as stopped:
        main(line.split())
    assert stopped.value.code == 2
    told = capsys.readouterr()
    assert told.out == "" and told.err.count("\n") == 1
    return told.err.strip()


def test_what_is_not_there_is_told_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert refused("convrt", capsys).endswith("got 'convrt'; try convert")
    assert refused("simulate a --stepps 3", capsys) == (
        "spikewright simulate: expected flags that there are, got '--stepps'; try --steps"
    )
    assert refused("simulate a --qqqq=3", capsys).endswith("got '--qqqq=3'; try spikewright simulate --help")
    assert refused("estimate a --design hybird", capsys).endswith("got 'hybird'; try hybrid")
    assert "expected no further argument, got 'b'" in refused("simulate a b", capsys)


def test_a_command_loads_no_layout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rich_argparse", None)
    assert read_arguments(["convert", "model", "--steps", "3"]).steps == "3"


@pytest.mark.parametrize("columns", ["80", "200"])
def test_help_fits_the_terminal(
    columns: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    with pytest.raises(SystemExit):
        main(["attack", "--help"])
    lines = capsys.readouterr().out.partition("example:")[0].splitlines()
    assert max(map(len, lines)) <= int(columns)
