"""--help of every command: an example, the names of its tables, at once."""

import subprocess
import sys
from pathlib import Path

import pytest

from spikewright.experiments.cli import main
from spikewright.experiments.cli.parser import commands

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("command", commands())
def test_help_shows_an_example_and_a_seed(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([command, "--help"])
    assert stopped.value.code == 0
    shown = capsys.readouterr().out
    assert f"example:\n  spikewright {command}" in shown and "--seed" in shown


def test_help_is_instant() -> None:
    """It loads the standard library and this project's own files, and nothing that takes time."""
    code = (
        "import sys\n"
        "from spikewright.experiments.cli import main\n"
        "try: main(['train', '--help'])\n"
        "except SystemExit: pass\n"
        "print(*{name.partition('.')[0] for name in sys.modules} - {*sys.stdlib_module_names})"
    )
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    loaded = {name for name in shown.splitlines()[-1].split() if not name.startswith(("_", "sitecustom"))}
    assert loaded <= {"experiments", "spikewright"}
