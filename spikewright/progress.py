"""How a long call tells where it is: to a callback, or without one by a line of its own, where somebody is watching.

    convert(model, samples, Rate(7))                        # a line in a terminal or notebook, from the first second on
    convert(model, samples, Rate(7), progress=silent)       # nothing
    convert(model, samples, Rate(7), progress=my_function)  # my_function("calibration", 3, 12)

`SPIKEWRIGHT_PROGRESS=0` in the environment is `silent` for all calls. What calls what is no matter: a call inside another one
tells whatever the outer one was told to.
"""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from spikewright.watching import Line

Progress = Callable[[str, int, int], None]
"""`progress(stage, done, total)`: the stage's name, the units done and the units in all."""

P = ParamSpec("P")
R = TypeVar("R")

_told: list[Progress] = []
"""Where calls tell, from the outermost one to the innermost."""
_depth = 0
"""How many calls of functions that are `watched` are inside each other."""


def silent(stage: str, done: int, total: int) -> None:
    """The progress callback that shows nothing."""


def shown(stage: str, done: int, total: int) -> None:
    """The progress callback of who gives none: tells the call around it, or else the line of `watched`, if there is one."""
    if _told and _alone():
        _told[-1](stage, done, total)


def outermost(stage: str, done: int, total: int) -> None:
    """As `shown`, of a function that is called so often inside others that it tells only where it is called by itself."""
    if _depth == 1:
        shown(stage, done, total)


@contextmanager
def telling(progress: Progress) -> Iterator[None]:
    """What is called in the block, and given no progress of its own, tells `progress`."""
    _told.append(progress)
    try:
        yield
    finally:
        _told.pop()


def watched(function: Callable[P, R]) -> Callable[P, R]:
    """The function, which shows itself while it runs: a line in a terminal or notebook, unless its `progress` says otherwise."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        global _depth
        given: object = kwargs.get("progress", shown)
        if not _alone():
            return function(*args, **kwargs)
        _depth += 1
        try:
            if given is not shown and callable(given):
                kwargs["progress"] = at_level = _at_level(given, len(_told))
                with telling(at_level):
                    return function(*args, **kwargs)
            if _told or not _is_watched():
                return function(*args, **kwargs)
            with Line(function.__name__, sys.stderr) as line, telling(line.tell):
                return function(*args, **kwargs)
        finally:
            _depth -= 1

    return call


def _at_level(progress: Progress, level: int) -> Progress:
    """The callback, called as if only the outer `level` calls were there: one that is made of `shown` then means those."""

    def call(stage: str, done: int, total: int) -> None:
        if not _alone():
            return progress(stage, done, total)
        inner, _told[level:] = _told[level:], []
        try:
            progress(stage, done, total)
        finally:
            _told.extend(inner)

    return call


def _alone() -> bool:
    """Whether this is the thread and the process that a person started: others would write over its line."""
    processes = sys.modules.get("multiprocessing.process")
    first = processes is None or processes.current_process().name == "MainProcess"
    return first and threading.current_thread() is threading.main_thread()


def _is_watched() -> bool:
    """Whether somebody looks at stderr: in a terminal or a notebook."""
    if os.environ.get("SPIKEWRIGHT_PROGRESS") == "0" or sys.stderr is None:
        return False
    return "ipykernel" in sys.modules or sys.stderr.isatty()
