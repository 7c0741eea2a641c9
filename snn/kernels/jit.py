"""Numba's options, in one place. Kernels are serial and release the interpreter lock; threads are in `snn.event.threads`.

Compiled kernels are kept on disk. Numba looks at the date of a kernel's own file only; here a kernel is compiled anew when
any file of the engines has changed, or any file of the folder that it lies in, since kernels call helpers of other files, and
their arguments are records of these files: what was kept before a change is not even read, it may name what no longer exists.
Kernels of another room lie in one folder with all that they call but the engines' own. The first kernel that a process has to
compile is said so, once, to the logger "snn".

With NUMBA_BOUNDSCHECK=1 in the environment every index of a kernel is checked, also those of `snn.kernels.simd`, and one that
is out of bounds raises IndexError. Such kernels have files of their own on disk: checked and unchecked code never mix.
"""

import logging
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import numba
from numba.core import event

from spikewright import splitmix

CHECKED = bool(numba.config.BOUNDSCHECK)  # type: ignore[attr-defined]
"""Whether kernels check their indices."""
OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "boundscheck": CHECKED}
Stamp = tuple[tuple[str, int, int], ...]
"""Names, dates and sizes of files."""


def _stamp(files: Iterable[Path]) -> Stamp:
    return tuple((str(file), file.stat().st_mtime_ns, file.stat().st_size) for file in files)


_ROOM = Path(__file__).parents[1]
_FOLDERS = tuple(_ROOM / folder for folder in ("kernels", "learning"))  # all of the engines that hold kernels
_HOME = "spikewright."
_STAMP = _stamp([*(file for folder in _FOLDERS for file in sorted(folder.rglob("*.py"))), Path(splitmix.__file__)])


@cache
def stamp(folder: Path) -> Stamp:
    """The dates of all files that a kernel in `folder` may call or get records of; a change of one makes it compiled anew."""
    return _STAMP if folder in _FOLDERS else _STAMP + _stamp(sorted(folder.glob("*.py")))


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """A kernel, or a helper that kernels call."""
    return _stamped(numba.njit(function, **OPTIONS))


def inlined(function: Callable[..., Any]) -> Callable[..., Any]:
    """A helper that becomes part of its caller: for inner loops, where passing arrays costs more than the work."""
    return _stamped(numba.njit(function, inline="always", **OPTIONS))


def merged(function: Callable[..., Any]) -> Callable[..., Any]:
    """A helper that becomes part of its caller where machine code is made: for what is called for each pixel.

    A call passes every field of every array that it is given; with records of arrays that costs 100 ns. Other than `inlined`
    it does not count the references of arrays again in each round of a loop.
    """
    return _stamped(numba.njit(function, forceinline=True, **OPTIONS))


def _stamped(kernel: Any) -> Callable[..., Any]:
    """The kernel, with its file on disk valid for the engines as they are now; one of its own where indices are checked."""
    kept: Any = getattr(kernel, "_cache", None)
    file: Any = getattr(kept, "_cache_file", None)
    if hasattr(file, "_version"):
        if CHECKED:
            file = kept._cache_file = type(file)(file._cache_path, f"{kept._impl.filename_base}.checked", _STAMP)
        file._version = numba.__version__, stamp(Path(kernel.py_func.__code__.co_filename).parent)
    compiled_later: Callable[..., Any] = kernel
    return compiled_later


class _Announcement(event.Listener):
    """One line when the first kernel of the engines is compiled."""

    def __init__(self) -> None:
        self.said = False

    def on_start(self, event: Any) -> None:
        function = event.data["dispatcher"].py_func
        if not self.said and function.__module__.startswith(_HOME):
            self.said = True
            logging.getLogger("snn").warning("compiling kernels, once on this machine; up to a minute")

    def on_end(self, event: Any) -> None:
        """Nothing to say at the end."""


event.register("numba:compile", _Announcement())
