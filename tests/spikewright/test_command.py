"""The start of the command: Ctrl-C at any moment is one line and the exit code 130."""

import subprocess
import sys
from pathlib import Path

import pytest

from spikewright import __version__

ROOT = Path(__file__).parents[2]
LINE = "interrupted; what was finished is kept"
# Presses Ctrl-C when the module of this place in the order of imports is asked for, as real keys would at that time.
PRESSED = """
import os, signal, sys
from spikewright.command import main

class Press:
    left = int(sys.argv.pop(1))
    def find_spec(self, name, path=None, target=None):
        Press.left -= 1
        if Press.left == 0:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Press())
sys.exit(main())
"""


def pressed(place: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PRESSED, str(place), *arguments], cwd=ROOT, capture_output=True, text=True, timeout=300
    )


@pytest.mark.parametrize("place", [1, 2, 5, 20, 60])
def test_ctrl_c_while_modules_load_is_one_line(place: int) -> None:
    done = pressed(place, "simulate", "nowhere.spike")
    assert done.returncode == 130 and done.stdout == ""
    assert done.stderr.count("\n") == 1 and LINE in done.stderr, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("place", [100, 200, 400, 700, 1000])
def test_ctrl_c_while_a_command_loads_what_it_needs_is_one_line(place: int) -> None:
    done = pressed(place, "convert", "experiments/zoo/weights/small-digits.safetensors", "--check")
    assert done.returncode == 130 and done.stdout == ""
    assert done.stderr.count("\n") == 1 and LINE in done.stderr, done.stderr


def test_ctrl_c_that_a_destructor_swallows_counts() -> None:
    code = (
        "import os, signal, sys, types\n"
        "from spikewright import command\n"
        "class Swallows:\n"
        "    def __del__(self): os.kill(os.getpid(), signal.SIGINT); [None for _ in range(1000)]\n"
        "def start():\n"
        "    thing = Swallows(); del thing; print('went on'); return 0\n"
        "sys.modules['theirs'] = types.SimpleNamespace(start=start)\n"
        "command.COMMANDS = 'theirs'\n"
        "sys.exit(command.main())"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (130, "") and LINE in done.stderr


def test_ctrl_c_that_a_shell_has_switched_off_stays_off() -> None:
    code = (
        "import signal, sys, types\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "from spikewright import command\n"
        "sys.modules['theirs'] = types.SimpleNamespace(start=lambda: signal.raise_signal(signal.SIGINT) or 7)\n"
        "command.COMMANDS = 'theirs'\n"
        "sys.exit(command.main())"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=60).returncode == 7


def test_it_imports_nothing_of_the_project_before_it_listens() -> None:
    code = (
        "import signal, sys; import spikewright.command\n"
        "print(*(name for name in sys.modules if name.startswith('spikewright')))\n"
        "print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)"  # importing it changes nothing
    )
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert shown.split() == ["spikewright", "spikewright.command", "True"]


def test_python_runs_it_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "spikewright", "--version"], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert (done.returncode, done.stdout) == (0, f"spikewright {__version__}\n"), done.stderr
