"""Names that have changed: a package still finds the old one, says what it is called now, and lists only the new one."""

import importlib
import warnings
from collections.abc import Callable, Mapping
from typing import Any


def renamed(
    module: str, names: Mapping[str, str], otherwise: Callable[[str], Any] | None = None
) -> Callable[[str], Any]:
    """The `__getattr__` of `module` that gives what `names` calls otherwise today, with a DeprecationWarning: old -> new.

    A new name with dots is that of another module.
    It stands under `if not TYPE_CHECKING:`, so that type checkers know the new names alone. `otherwise` finds all other names
    of a module that has a `__getattr__` already (`spikewright.lazy`).

        if not TYPE_CHECKING:
            __getattr__ = renamed(__name__, {"Rate": "RateCode"})
    """

    def find(name: str) -> Any:
        if name not in names:
            if otherwise is not None:
                return otherwise(name)
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        warnings.warn(f"{module}.{name} is called {names[name]} now", DeprecationWarning, stacklevel=2)
        place, _, new = names[name].rpartition(".")
        return getattr(importlib.import_module(place or module), new)

    return find
