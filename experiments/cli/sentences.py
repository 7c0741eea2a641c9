"""Errors that a user can do something about, each as one sentence."""

import os
import sysconfig
import traceback

from spikewright import SpikewrightError
from spikewright.experiments.cli.memory import is_lack_of_memory, memory_bytes
from spikewright.importing import raised

INSTALLED = tuple(
    {os.path.realpath(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
)


def sentence(error: Exception) -> str:
    """The error in one line. Raises it again where it is none that a user can mend: a fault of ours, with its traceback."""
    if isinstance(error, SpikewrightError):
        return " ".join(str(error).split()) or type(error).__name__
    if is_lack_of_memory(error):
        return (
            f"expected work that fits into the {memory_bytes() / 2**30:,.0f} GiB of this machine, got a request for more; "
            "try fewer images, a smaller batch or a smaller network"
        )
    if isinstance(error, OSError):
        where = f" {error.filename}" if error.filename else ""
        return f"expected to use{where}, got: {error.strerror or error}; try another path"
    place = users_place(error)
    if place is None:
        raise error
    return f"expected your own code to run, got {raised(error):.500} in {place}; try it in Python first"


def users_place(error: Exception) -> str | None:
    """Where in a module of the user's an error came up; None where none had a part in it."""
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        path, module = os.path.realpath(frame.f_code.co_filename), str(frame.f_globals.get("__name__"))
        if os.path.isfile(path) and not path.startswith(INSTALLED) and not module.startswith("spikewright."):
            return f"line {line} of {os.path.basename(path)} ({frame.f_code.co_name})"
    return None
