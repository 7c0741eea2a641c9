"""A user's own object by its place, "package.module:object", and names that are nearly right."""

import os
import sys
from collections.abc import Iterable
from difflib import get_close_matches
from importlib import import_module
from typing import Any

from spikewright.errors import InvalidInput


def imported(place: str, noun: str = "object") -> Any:
    """The object at "package.module:object", also from the working folder.

    Raises InvalidInput, in one sentence, for a place that is none, a module that is not there, raises or calls exit, and one
    without such an object.
    """
    module, _, name = place.partition(":")
    if not is_place(place):
        raise InvalidInput(f"expected {a(noun)} as package.module:object, got {place!r:.60}; try mymodule:name")
    found = _module(module, place, noun)
    for part in name.split("."):
        if not hasattr(found, part):
            way = nearest(part, [each for each in vars(found) if not each.startswith("_")])
            raise InvalidInput(f"expected {a(noun)} at {place}, got no {part} there" + (f"; try {way}" if way else ""))
        found = getattr(found, part)
    return found


def is_place(text: str) -> bool:
    """Whether a text has the form package.module:object."""
    module, _, name = text.partition(":")
    return all(part.isidentifier() for part in (*module.split("."), *name.split(".")))


def nearest(name: Any, known: Iterable[Any]) -> str | None:
    """The known name that looks most like `name`; None where none does."""
    close = get_close_matches(str(name), [str(one) for one in known], n=1)
    return close[0] if close else None


def unknown(noun: str, name: Any, known: Iterable[Any], own: str | None = None) -> InvalidInput:
    """The error about a name that is none of the `known`, with the nearest of them, or else with what a user has of its own."""
    known = [str(one) for one in known]
    way = nearest(name, known) or own or known[0]
    return InvalidInput(f"expected {a(noun)} out of {', '.join(known)}, got {name!r:.60}; try {way}")


def called(function: Any, place: str, wanted: str) -> Any:
    """What the user's own function, which stands at `place`, returns without arguments.

    Raises InvalidInput, in one sentence that says that `wanted` was expected, for one that raises anything or calls exit.
    """
    try:
        return function()
    except (Exception, SystemExit) as error:  # calling it may raise anything
        raise InvalidInput(
            f"expected {place}() to return {wanted}, got {raised(error)}; try a function without arguments"
        ) from error


def raised(error: BaseException) -> str:
    """What was raised, in one line."""
    return "a call of exit" if isinstance(error, SystemExit) else " ".join(f"{type(error).__name__}: {error}".split())


def a(noun: str) -> str:
    """The noun with its article."""
    return f"{'an' if noun[0].lower() in 'aeiou' else 'a'} {noun}"


def _module(name: str, place: str, noun: str) -> Any:
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise InvalidInput(f"expected {a(noun)} at {place}, got: {error}; try it from the module's folder") from error
    except (Exception, SystemExit) as error:  # a user's module: importing it may raise anything
        raise InvalidInput(
            f"expected {a(noun)} in a module that can be imported, got {raised(error)} from {name}; try it in Python first"
        ) from error
