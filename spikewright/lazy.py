"""A package whose names are loaded when they are first asked for: importing it, or a table in it, loads nothing heavy."""

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any

from spikewright.renamed import renamed
from spikewright.tables import Family

NOTHING: Mapping[str, str] = MappingProxyType({})


def lazily(
    package: str,
    homes: Mapping[str, Iterable[str]],
    families: Iterable[Family[Any]] = (),
    old: Mapping[str, str] = NOTHING,
) -> Callable[[str], Any]:
    """The `__getattr__` of a package, under `if not TYPE_CHECKING:`.

    package: its `__name__`.
    homes: by module of the package, the names that come from there.
    families: tables whose members come by the names of their classes, such as `FGSM`.
    old: names that have changed, old -> new (`spikewright.renamed`).

        __getattr__ = lazily(__name__, {"evaluation": ["evaluate"]}, [ATTACKS])
    """
    modules = {name: f"{package}.{module}" for module, names in homes.items() for name in names}
    for family in families:
        modules |= {name: module for module, _, name in (place.partition(":") for place in family.places)}

    changed = renamed(package, old)

    def find(name: str) -> Any:
        return getattr(import_module(modules[name]), name) if name in modules else changed(name)

    return find
