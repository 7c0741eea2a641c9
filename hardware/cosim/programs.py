"""The programs that simulate and synthesise: where they are, whether they are new enough, and how they are called."""

import re
import shutil
import subprocess
from pathlib import Path

from spikewright import SpikewrightError

ICARUS, YOSYS = "11.0", "0.23"
"""The oldest versions that will do."""


def found(name: str) -> str | None:
    """Where a program is, None where it is not installed."""
    return shutil.which(name)


def need(name: str, package: str) -> str:
    """Where a program is. Raises SpikewrightError with the Debian package to install where it is missing."""
    path = found(name)
    if path is None:
        raise SpikewrightError(f"expected {name} on the path, got none; try apt-get install {package}")
    return path


def need_version(name: str, package: str, least: str, asked: str = "--version") -> str:
    """The same of a program that says its version when it is `asked`; SpikewrightError where it is older than `least`."""
    path = need(name, package)
    said = subprocess.run([path, asked], capture_output=True, text=True, check=False).stdout
    version = version_of(said)
    if version is None or older(version, least):
        told = said.strip().partition("\n")[0][:60] or "no version"
        raise SpikewrightError(f"expected {name} {least} or later, got {told}; try apt-get install {package}")
    return path


def version_of(said: str) -> str | None:
    """The first version, such as "5.006", in what a program says of itself.

    >>> version_of("Verilator 5.006 2023-01-22 rev (Debian 5.006-3)")
    '5.006'
    """
    found = re.search(r"\d+\.\d+", said)
    return found and found[0]


def older(version: str, least: str) -> bool:
    """Whether a version lies before another.

    >>> older("5.006", "5.048"), older("12.0", "11.2")
    (True, False)
    """
    return _numbers(version) < _numbers(least)


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def need_icarus() -> str:
    """Where Icarus Verilog is, new enough for the Verilog of cores. Raises as `need_version`."""
    return need_version("iverilog", "iverilog", ICARUS, "-V")


def need_yosys() -> str:
    """The same of Yosys."""
    return need_version("yosys", "yosys", YOSYS, "-V")


def call(command: list[str], folder: Path) -> str:
    """What a program printed that ran in `folder`. Raises SpikewrightError with its last lines where it failed."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        told = (done.stderr or done.stdout).strip()[-500:]
        raise SpikewrightError(f"expected {Path(command[0]).name} to succeed, got: {told}")
    return done.stdout
