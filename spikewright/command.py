"""Where the command `spikewright` starts: from its first moment on, Ctrl-C ends it with one line and the exit code 130.

While modules load there is nothing to tidy up, and it ends at once. While a command runs Ctrl-C is a KeyboardInterrupt, so that
files under temporary names are removed; another one, or one that a library swallows, ends it at once. So nothing is imported
here but what Python has loaded anyway. What is left is the start of Python itself, of which no program has a part.
"""

import _signal as signal  # what `signal` is made of, without what it imports, which takes a while
import os
import sys
from importlib import import_module

TYPE_CHECKING = False

if TYPE_CHECKING:
    from types import FrameType

INTERRUPTED = 130
COMMANDS = "spikewright.experiments.cli"
"""The package whose `start` runs the commands; it is loaded by its name, since it lies above this one."""


def main() -> int:
    """Run the command line of this process and return its exit code."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # as a shell asks of what it runs in the background
        return _run()
    _listen(end)
    try:
        sys.unraisablehook = _unraisable
        return _run()
    except KeyboardInterrupt:
        return _told()
    finally:
        _listen(end)


def end(number: int = signal.SIGINT, frame: "FrameType | None" = None) -> None:
    """End the process, in one line."""
    _told()
    os._exit(INTERRUPTED)


def _run() -> int:
    commands = import_module(COMMANDS)
    if signal.getsignal(signal.SIGINT) is end:
        _listen(_raise)
    code: int = commands.start()
    return code


def _raise(number: int, frame: "FrameType | None") -> None:
    """The first Ctrl-C of a command that runs."""
    _listen(end)
    raise KeyboardInterrupt


def _listen(handler: object) -> None:
    signal.signal(signal.SIGINT, handler)


def _told() -> int:
    os.write(2, b"spikewright: interrupted; what was finished is kept\n")
    return INTERRUPTED


def _unraisable(lost: "sys.UnraisableHookArgs") -> None:
    """A Ctrl-C that came where none can be raised, such as inside a destructor, counts all the same."""
    if lost.exc_type is KeyboardInterrupt:
        end()
    sys.__unraisablehook__(lost)
