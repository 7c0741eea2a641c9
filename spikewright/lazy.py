"""A package whose names are loaded when they are first asked for: importing it, or a table in it, loads nothing heavy."""

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any

from spikewright.tables import Family


def lazily(
    package: str, homes: Mapping[str, Iterable[str]], families: Iterable[Family[Any]] = ()
) -> Callable[[str], Any]:
    """The `__getattr__` of a package, under `if not TYPE_CHECKING:`.

    package: its `__name__`.
    homes: by module of the package, the names that come from there.
    families: tables whose members come by the names of their classes, such as `FGSM`.

        __getattr__ = lazily(__name__, {"evaluation": ["evaluate"]}, [ATTACKS])
    """
    modules = {name: f"{package}.{module}" for module, names in homes.items() for name in names}
    for family in families:
        modules |= {name: module for module, _, name in (place.partition(":") for place in family.places)}

    def find(name: str) -> Any:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(modules[name]), name)

    return find
