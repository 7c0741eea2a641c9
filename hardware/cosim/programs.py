"""The programs that simulate and synthesise: where they are, whether they are new enough, and how they are called."""

import re
import shutil
import subprocess
from pathlib import Path

from spikewright import SpikewrightError


def found(name: str) -> str | None:
    """Where a program is, None where it is not installed."""
    return shutil.which(name)


def need(name: str, package: str) -> str:
    """Where a program is. Raises SpikewrightError with the Debian package to install where it is missing."""
    path = found(name)
    if path is None:
        raise SpikewrightError(f"expected {name} on the path, got none; try apt-get install {package}")
    return path


def need_version(name: str, package: str, least: tuple[int, int]) -> str:
    """The same of a program that says its version for --version; SpikewrightError where it is older than `least`."""
    path = need(name, package)
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    numbers = re.search(r"(\d+)\.(\d+)", said)
    if numbers is None or (int(numbers[1]), int(numbers[2])) < least:
        wanted = f"{least[0]}.{least[1]:03d}"
        raise SpikewrightError(
            f"expected {name} {wanted} or later, got {said.strip()[:60] or 'no version'}; try apt-get install {package}"
        )
    return path


def call(command: list[str], folder: Path) -> str:
    """What a program printed that ran in `folder`. Raises SpikewrightError with its last lines where it failed."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        told = (done.stderr or done.stdout).strip()[-500:]
        raise SpikewrightError(f"expected {Path(command[0]).name} to succeed, got: {told}")
    return done.stdout
